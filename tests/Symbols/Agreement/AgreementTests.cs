using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Lines;

namespace MemScope.Symbols.Tests.Agreement;

/// <summary>The product says of addresses what binutils says. <c>./memscope bench symbols</c> does the same with the largest files of a system.</summary>
public sealed class AgreementTests
{
    /// <summary>The runtime that runs these tests, a large library that is always there, and what the system has.</summary>
    public static TheoryData<string> Binaries
    {
        get
        {
            var runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
            var found = new[] { Path.Combine(runtime, "libcoreclr.so"), Path.Combine(runtime, "libclrjit.so"), "/usr/bin/node", "/usr/bin/gdb", "/usr/lib/x86_64-linux-gnu/libstdc++.so.6" };
            return [.. found.Concat(DebugFiles("libc.so.6")).Where(File.Exists), .. Fixture.ElfNames.Where(n => !n.Contains("tiny.", StringComparison.Ordinal)).Select(Fixture.PathOf)];
        }
    }

    [NeedsToolTheory("nm")]
    [MemberData(nameof(Binaries))]
    public void Functions_have_the_addresses_names_and_sizes_that_nm_gives(string path)
    {
        var (symbols, differences, first) = NmTable.Compare(path);
        Assert.True(differences == 0, $"{differences} differences in {path}: {string.Join("; ", first)}");
        Assert.True(symbols > 0 || path.EndsWith(".stripped", StringComparison.Ordinal), path);
    }

    public static TheoryData<string> Debug => [.. Fixture.ElfNames.Where(n => Fixture.Elf(n).HasLines).Select(Fixture.PathOf).Concat(DebugFiles("libc.so.6"))];

    [NeedsToolTheory("addr2line")]
    [MemberData(nameof(Debug))]
    public async Task Functions_files_lines_and_inlined_levels_are_those_of_addr2line(string path)
    {
        await using var demangler = new Demangler();
        await using var lines = new LineSymbolizer(demangler);
        using var folder = new OpenFolder();
        var copy = folder.Write("file", await File.ReadAllBytesAsync(path));
        using var stream = File.OpenRead(copy);
        Assert.True(ElfFile.TryRead(stream, out var elf, out _));
        var addresses = Addr2lineOutput.RandomAddresses(elf, 10_000, seed: 5);
        var theirs = Addr2lineOutput.Of(copy, addresses);
        Assert.Equal(addresses.Count, theirs.Count);
        var ours = await lines.SymbolizeAsync(copy, addresses);
        var different = Enumerable.Range(0, addresses.Count).Where(i => !Addr2lineOutput.IsSame(theirs[i], ours[i])).ToArray();
        Assert.True(different.Length == 0, different.Length == 0 ? "" : $"{different.Length} differ, the first at 0x{addresses[different[0]]:x}: {string.Join(" < ", theirs[different[0]])} and {string.Join(" < ", ours[different[0]].Frames)} {ours[different[0]].Reason}");
        Assert.Contains(ours, o => o.Frames.Count > 1 || o.Frames is [{ Line: not null }]);
    }

    /// <summary>The debug file of a library where its package (libc6-dbg) is installed.</summary>
    private static IEnumerable<string> DebugFiles(string library)
    {
        var path = $"/usr/lib/x86_64-linux-gnu/{library}";
        if (!File.Exists(path)) return [];
        using var stream = File.OpenRead(path);
        if (!ElfFile.TryRead(stream, out var elf, out _) || elf.BuildId is not { } id) return [];
        var debug = $"/usr/lib/debug/.build-id/{id.Hex[..2]}/{id.Hex[2..]}.debug";
        return File.Exists(debug) ? [debug] : [];
    }
}
