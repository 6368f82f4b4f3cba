using System.CommandLine;
using System.Text.Json;
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
        command.SetAction((arguments, cancel) =>
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            var failed = false;
            foreach (var file in arguments.GetRequiredValue(files)) failed |= !Parse(file, arguments.GetValue(format), (output, parsed) => Print(file, parsed, arguments.GetValue(dump), arguments.GetValue(folded), output), output, cancel);
            return Task.FromResult(failed ? 1 : 0);
        });
        return command;
    }

    private static void Print(string file, ParsedCapture parsed, bool dump, bool folded, TextWriter output)
    {
        if (dump) ModelDump.Write(parsed, output);
        else if (!folded) output.WriteLine(JsonSerializer.Serialize(ParseReport.Of(file, parsed), ParseJson.Default.ParseReport));
        else if (FoldedDump.Write(parsed, output) is { Count: > 0 } others) Console.Error.WriteLine($"{file} also holds, and this does not print: {string.Join(", ", others)}");
    }

    private static bool Parse(string file, string? format, Action<TextWriter, ParsedCapture> print, TextWriter output, CancellationToken cancel)
    {
        try
        {
            using var content = file is "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            print(output, CaptureReader.Parse(content, file is "-" ? null : Path.GetFileName(file), format, Limits.Default, cancel));
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
            output.WriteLine(JsonSerializer.Serialize(new ParseFailure(file, new ParseError(code, message)), ParseJson.Default.ParseFailure));
            return false;
        }
    }
}
