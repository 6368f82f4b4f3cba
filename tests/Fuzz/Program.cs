using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Tests;

// fuzz FORMAT|all [--runs N] [--seed S]: prints a line per format; exit code 1 when an input was not survived, which is then kept beside.
if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.Error.WriteLine("usage: ./memscope fuzz FORMAT|all [--runs N] [--seed S]\nformats: " + string.Join(' ', InputFormats.All.Select(f => f.Slug)));
    return 2;
}
var runs = long.Parse(Option("--runs", "100000"), CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);
var formats = args[0] == "all" ? InputFormats.All : [.. InputFormats.All.Where(f => f.Slug == args[0])];
if (formats.Count == 0)
{
    Console.Error.WriteLine($"there is no format {args[0]}");
    return 2;
}
var failed = false;
foreach (var format in formats)
{
    var seeds = Seeds.ByFormat[format.Slug];
    if (seeds.Count == 0)
    {
        Console.WriteLine($"{format.Slug}: no fixture to start from");
        failed = true;
        continue;
    }
    var loop = new FuzzLoop(format);
    var result = loop.Run(seeds, runs, seed);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{format.Slug}: {result.Inputs} inputs of {seeds.Count} seeds, seed {seed}, slowest {result.Slowest.TotalMilliseconds:F1} ms, most memory {result.MostBytes >> 10} KiB, {(result.Failure is null ? "none failed" : "FAILED")}"));
    if (result.Failure is null) continue;
    failed = true;
    var file = $"fuzz-{format.Slug}.bin";
    File.WriteAllBytes(file, result.FailedInput!);
    Console.WriteLine($"{result.Failure}\nthe input is in {Path.GetFullPath(file)}");
}
return failed ? 1 : 0;

string Option(string name, string otherwise) => Array.IndexOf(args, name) is > 0 and var i && i + 1 < args.Length ? args[i + 1] : otherwise;
