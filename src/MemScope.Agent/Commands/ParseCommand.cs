using System.CommandLine;
using MemScope.Agent.Parsing;
using MemScope.Core;
using MemScope.Core.Formats;

namespace MemScope.Agent.Commands;

/// <summary><c>parse FILE…</c>: what MemScope reads from files, one line of JSON per file, without a server.</summary>
internal static class ParseCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("parse", "Print what MemScope reads from files: one line of JSON per file.");
        var files = new Argument<string[]>("FILE") { Description = "Captures: smaps, maps, pmap, traces, archives; gzip and zstd are fine. '-' reads standard input.", Arity = ArgumentArity.OneOrMore };
        var format = new Option<string?>("--format") { Description = "Format slug instead of recognising it: " + string.Join(", ", InputFormats.All.Select(f => f.Slug)) + "." };
        command.Arguments.Add(files);
        var dump = new Option<bool>("--dump") { Description = "Print the whole model as text instead." };
        command.Options.Add(format);
        command.Options.Add(dump);
        var folded = new Option<bool>("--folded") { Description = "Print the stacks instead, as folded lines for flame graphs: comm;root;…;leaf count." };
        command.Options.Add(folded);
        command.SetAction((arguments, cancel) => Task.FromResult(Run(arguments.GetRequiredValue(files), arguments.GetValue(format),
            arguments.GetValue(dump) ? Print.Dump : arguments.GetValue(folded) ? Print.Folded : Print.Report, cancel)));
        return command;
    }

    /// <summary>
    /// Runs the plain <c>parse [--dump|--folded] FILE…</c> of scripts at once: to start the parser of command lines takes longer than to read most files. Null for any other command line.
    /// </summary>
    public static int? TryRunPlain(string[] arguments)
    {
        if (arguments.Length < 2 || arguments[0] != "parse") return null;
        var print = arguments[1] switch { "--dump" => Print.Dump, "--folded" => Print.Folded, _ => Print.Report };
        var files = arguments[(print == Print.Report ? 1 : 2)..];
        foreach (var file in files)
            if (file.Length == 0 || (file[0] is '-' or '@' && file != "-")) return null;
        return files.Length == 0 ? null : Run(files, null, print, CancellationToken.None);
    }

    private static int Run(string[] files, string? format, Print print, CancellationToken cancel)
    {
        using var output = Console.OpenStandardOutput();
        var failed = false;
        foreach (var file in files) failed |= !Parse(file, format, print, output, cancel);
        return failed ? 1 : 0;
    }

    private static bool Parse(string file, string? format, Print print, Stream output, CancellationToken cancel)
    {
        try
        {
            using var content = file is "-" ? Console.OpenStandardInput() : ReadAheadStream.Open(file);
            var parsed = CaptureReader.Parse(content, file is "-" ? null : Path.GetFileName(file), format, Limits.Default, cancel);
            if (print == Print.Report) ParseReport.Of(file, parsed).WriteTo(output);
            else WriteText(file, parsed, print, output);
            return true;
        }
        catch (CaptureRefusedException e)
        {
            return Fail(e.Code, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail("cannot-read", e.Message);
        }

        bool Fail(string code, string message)
        {
            new ParseFailure(file, code, message).WriteTo(output);
            return false;
        }
    }

    private static void WriteText(string file, ParsedCapture parsed, Print print, Stream output)
    {
        using var text = new StreamWriter(output, leaveOpen: true);
        if (print == Print.Dump) ModelDump.Write(parsed, text);
        else if (FoldedDump.Write(parsed, text) is { Count: > 0 } others) Console.Error.WriteLine($"{file} also holds, and this does not print: {string.Join(", ", others)}");
    }

    private enum Print : byte
    {
        Report,
        Dump,
        Folded,
    }
}
