using System.Diagnostics;
using System.Globalization;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Agreement;

namespace MemScope.Benchmarks.Symbols;

/// <summary>
/// <c>./memscope bench symbols [--addresses N] [FILE…]</c>: symbol tables of large files against <c>nm</c>, and function, file, line and inlined levels of random addresses of those
/// with DWARF against <c>addr2line -f -i -C</c>. Without files: those of 3 MB and more below /usr/lib/debug and the runtime's own.
/// </summary>
internal static class SymbolAgreement
{
    private const long LargeBytes = 3 << 20;

    /// <summary>Share of addresses that must be the same.</summary>
    private const double LeastSame = 0.999;

    /// <summary>Prints a line per file; exit code 1 when a table differs or fewer than 99.9 % of the addresses are the same.</summary>
    public static async Task<int> StartAsync(string[] args)
    {
        var at = Array.IndexOf(args, "--addresses");
        var count = at >= 0 ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 100_000;
        var files = args.Where((_, i) => at < 0 || (i != at && i != at + 1)).ToArray();
        if (files.Length == 0) files = [.. LargeFiles()];
        var failed = files.Length == 0;
        foreach (var file in files) failed |= !await IsSameAsync(Path.GetFullPath(file), count);
        return failed ? 1 : 0;
    }

    private static IEnumerable<string> LargeFiles()
    {
        var runtime = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.so");
        var debug = Directory.Exists("/usr/lib/debug") ? Directory.EnumerateFiles("/usr/lib/debug", "*.debug", SearchOption.AllDirectories) : [];
        return runtime.Concat(debug).Where(f => new FileInfo(f).Length >= LargeBytes).Order(StringComparer.Ordinal);
    }

    private static async Task<bool> IsSameAsync(string file, int count)
    {
        var (symbols, differences, first) = NmTable.Compare(file);
        Say($"{file}: {symbols} functions, {differences} differ from nm{(differences > 0 ? ": " + string.Join("; ", first) : "")}");
        using var stream = File.OpenRead(file);
        if (!ElfFile.TryRead(stream, out var elf, out _) || !elf.HasLines) return differences == 0;
        var addresses = Addr2lineOutput.RandomAddresses(elf, count, seed: 5);
        await using var demangler = new Demangler();
        await using var lines = new LineSymbolizer(demangler);
        var clock = Stopwatch.StartNew();
        var ours = await lines.SymbolizeAsync(file, addresses);
        var taken = clock.Elapsed;
        clock.Restart();
        var theirs = Addr2lineOutput.Of(file, addresses);
        var different = Enumerable.Range(0, addresses.Count).Where(i => !Addr2lineOutput.IsSame(theirs[i], ours[i])).ToArray();
        var same = 1 - (different.Length / (double)addresses.Count);
        Say($"  {addresses.Count} addresses by {lines.ToolName}: {same:P3} the same, {different.Length} differ; {taken.TotalSeconds:F1} s, addr2line alone {clock.Elapsed.TotalSeconds:F1} s");
        foreach (var i in different.Take(3)) Say($"  0x{addresses[i]:x}: {string.Join(" < ", theirs[i])} and {string.Join(" < ", ours[i].Frames)} {ours[i].Reason}");
        return differences == 0 && same >= LeastSame;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
