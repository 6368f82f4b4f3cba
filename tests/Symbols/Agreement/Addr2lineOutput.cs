using System.Globalization;
using System.Text;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;

namespace MemScope.Symbols.Tests.Agreement;

/// <summary>What binutils' <c>addr2line -a -f -i -C</c> says of addresses, and whether the product says the same.</summary>
internal static class Addr2lineOutput
{
    /// <summary>Function and place of each level of each address, innermost first, as printed; the discriminator taken off.</summary>
    public static IReadOnlyList<IReadOnlyList<(string Function, string At)>> Of(string path, IReadOnlyList<ulong> addresses)
    {
        var input = new MemoryStream(Encoding.ASCII.GetBytes(string.Concat(addresses.Select(a => string.Create(CultureInfo.InvariantCulture, $"0x{a:x}\n")))));
        var lines = Encoding.UTF8.GetString(ToolFilter.Run("addr2line", $"-a -f -i -C -e \"{path}\"", input)).Split('\n');
        var answers = new List<IReadOnlyList<(string, string)>>(addresses.Count);
        for (var i = 0; i + 1 < lines.Length;)
        {
            i++; // the address
            var levels = new List<(string, string)>();
            for (; i + 1 < lines.Length && !lines[i].StartsWith("0x", StringComparison.Ordinal); i += 2) levels.Add((lines[i], WithoutDiscriminator(lines[i + 1])));
            answers.Add(levels);
        }
        return answers;
    }

    /// <summary>The same of what the product found; a place without file or line is <c>??</c> and <c>?</c>.</summary>
    public static bool IsSame(IReadOnlyList<(string Function, string At)> theirs, Symbolization ours) =>
        Known(theirs).SequenceEqual(ours.Frames.Select(f => (f.Function ?? "??", f.File ?? "??", f.Line)));

    /// <summary>Random link addresses of the file's code, the same ones for the same seed.</summary>
    public static IReadOnlyList<ulong> RandomAddresses(ElfFile elf, int count, int seed)
    {
        var code = elf.Sections.Where(s => s.IsExecutable && s.Name.StartsWith(".text", StringComparison.Ordinal)).Select(s => (s.LinkAddress, s.Size)).ToArray();
        var all = code.Sum(c => (long)c.Size);
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => At(random.NextInt64(all)))];

        ulong At(long offset)
        {
            foreach (var (start, size) in code)
            {
                if (offset < (long)size) return start + (ulong)offset;
                offset -= (long)size;
            }
            return 0;
        }
    }

    private static IEnumerable<(string Function, string File, int? Line)> Known(IReadOnlyList<(string Function, string At)> levels)
    {
        foreach (var (function, at) in levels)
        {
            var colon = at.LastIndexOf(':');
            var file = at[..colon] is { Length: > 0 } name ? name : "??";
            if (function == "??" && file == "??") continue;
            yield return (function, file, int.TryParse(at[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0 ? line : null);
        }
    }

    private static string WithoutDiscriminator(string at) => at.IndexOf(" (discriminator ", StringComparison.Ordinal) is > 0 and var end ? at[..end] : at;
}
