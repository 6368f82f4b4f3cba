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
        command.SetAction((arguments, cancel) =>
        {
            using var output = new StreamWriter(Console.OpenStandardOutput());
            var failed = false;
            foreach (var file in arguments.GetRequiredValue(files)) failed |= !Parse(file, arguments.GetValue(format), arguments.GetValue(dump), output, cancel);
            return Task.FromResult(failed ? 1 : 0);
        });
        return command;
    }

    private static bool Parse(string file, string? format, bool dump, TextWriter output, CancellationToken cancel)
    {
        try
        {
            using var content = file is "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            var parsed = CaptureReader.Parse(content, file is "-" ? null : Path.GetFileName(file), format, Limits.Default, cancel);
            if (dump) ModelDump.Write(parsed, output);
            else output.WriteLine(JsonSerializer.Serialize(ParseReport.Of(file, parsed), ParseJson.Default.ParseReport));
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
