using System.Globalization;
using System.Text;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Agreement;

/// <summary>What binutils' <c>nm</c> says of a file's functions.</summary>
internal static class NmTable
{
    /// <summary>Names and largest size of the functions and labels of code at each address, as <c>nm -f sysv</c> lists them.</summary>
    /// <remarks><c>main |00000000000012e0|   T  |  FUNC|0000000000000123|     |.text</c>; versions stand behind an at sign.</remarks>
    public static Dictionary<ulong, (HashSet<string> Names, ulong Size)> Of(string path, bool dynamic, ElfFile elf)
    {
        var code = elf.Sections.Where(s => s.IsExecutable).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var ranges = elf.Sections.Where(s => s.IsExecutable && s.IsAllocated).Select(s => (s.LinkAddress, s.LinkAddress + s.Size)).ToArray();
        var table = new Dictionary<ulong, (HashSet<string> Names, ulong Size)>();
        var text = Encoding.UTF8.GetString(ToolFilter.Run("nm", $"-f sysv --defined-only {(dynamic ? "-D " : "")}\"{path}\""));
        foreach (var line in text.Split('\n'))
        {
            var columns = line.Split('|');
            if (columns.Length < 7 || !ulong.TryParse(columns[^6], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var address)) continue;
            var type = columns[^4].Trim();
            var isLabel = type is "NOTYPE" && code.Contains(columns[^1].Trim()) && ranges.Any(r => address >= r.Item1 && address < r.Item2);
            if (!(type is "FUNC" or "IFUNC" or "<OS specific>: 10" || isLabel)) continue;
            var name = string.Join('|', columns[..^6]).TrimEnd();
            if (name.Length == 0 || (isLabel && (name[0] == '$' || name.StartsWith(".L", StringComparison.Ordinal)))) continue;
            _ = ulong.TryParse(columns[^3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size);
            if (!table.TryGetValue(address, out var known)) known = (new HashSet<string>(StringComparer.Ordinal), 0);
            known.Names.Add(name);
            known.Names.Add(WithoutVersion(name));
            table[address] = (known.Names, Math.Max(known.Size, size));
        }
        return table;
    }

    /// <summary>Sentences about symbols in which a file's table and nm's differ, ten at most, and how many there are.</summary>
    public static (int Symbols, int Differences, IReadOnlyList<string> First) Compare(string path)
    {
        using var stream = File.OpenRead(path);
        if (!ElfFile.TryRead(stream, out var elf, out var problem)) return (0, 1, [problem.Text]);
        var ours = elf.Symbols.All().ToDictionary(s => s.Address);
        var nm = Of(path, dynamic: !elf.HasSymtab, elf);
        var differences = new List<string>();
        foreach (var (address, (names, size)) in nm)
        {
            if (!ours.TryGetValue(address, out var symbol)) differences.Add($"{address:x}: nm has {string.Join(',', names)}, we have nothing");
            else if (!names.Contains(symbol.Name)) differences.Add($"{address:x}: nm has {string.Join(',', names)}, we have {symbol.Name}");
            else if (size > 0 && size != symbol.Size) differences.Add($"{address:x}: nm gives {symbol.Name} {size} bytes, we give it {symbol.Size}");
        }
        differences.AddRange(ours.Keys.Where(a => !nm.ContainsKey(a)).Select(a => $"{a:x}: we have {ours[a].Name}, nm has nothing"));
        return (nm.Count, differences.Count, [.. differences.Take(10)]);
    }

    private static string WithoutVersion(string name) => name.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;
}
