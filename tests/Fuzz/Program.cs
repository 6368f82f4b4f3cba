using System.Globalization;
using MemScope.Core.Formats;
using MemScope.Tests;

// fuzz FORMAT|all|block|elf|lines [--runs N] [--seed S]: prints a line per format; exit code 1 when an input was not survived, which is then kept beside.
if (args.Length == 0 || args[0] is "-h" or "--help")
{
    Console.Error.WriteLine("usage: ./memscope fuzz FORMAT|all|block|elf|lines [--runs N] [--seed S]\nformats: " + string.Join(' ', InputFormats.All.Select(f => f.Slug)));
    return 2;
}
var runs = long.Parse(Option("--runs", "100000"), CultureInfo.InvariantCulture);
var seed = int.Parse(Option("--seed", "1"), CultureInfo.InvariantCulture);
if (args[0] == BlockFuzz.Name)
{
    var blocks = BlockFuzz.Run(runs, seed);
    return Tell(BlockFuzz.Name, "real blocks", blocks) ? 0 : 1;
}
if (args[0] == ElfFuzz.Name) return Tell(ElfFuzz.Name, "real ELF files", ElfFuzz.Run(runs, seed)) ? 0 : 1;
if (args[0] == LinesFuzz.Name) return Tell(LinesFuzz.Name, "real debug files", await LinesFuzz.RunAsync(runs, seed)) ? 0 : 1;
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
    failed |= !Tell(format.Slug, $"{seeds.Count} seeds", loop.Run(seeds, runs, seed));
}
return failed ? 1 : 0;

bool Tell(string name, string seeds, FuzzResult result)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{name}: {result.Inputs} inputs of {seeds}, seed {seed}, slowest {result.Slowest.TotalMilliseconds:F1} ms, most memory {result.MostBytes >> 10} KiB, {(result.Failure is null ? "none failed" : "FAILED")}"));
    if (result.Failure is null) return true;
    var file = $"fuzz-{name}.bin";
    File.WriteAllBytes(file, result.FailedInput!);
    Console.WriteLine($"{result.Failure}\nthe input is in {Path.GetFullPath(file)}");
    return false;
}

string Option(string name, string otherwise) => Array.IndexOf(args, name) is > 0 and var i && i + 1 < args.Length ? args[i + 1] : otherwise;
