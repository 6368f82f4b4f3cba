using System.Globalization;
using System.Text;
using MemScope.Tests;

namespace MemScope.Benchmarks.Ratios;

/// <summary>A large smaps made of a real one: the mappings of the founding case over and over, each at addresses of its own. Lines, names and numbers stay as the kernel printed them.</summary>
internal static class SmapsText
{
    private const ulong FirstAddress = 0x7f0000000000, Gap = 0x1000;

    /// <summary>Writes <paramref name="snapshots"/> of <paramref name="mappings"/> each behind one another.</summary>
    public static void Write(string path, int snapshots, int mappings, bool withTimes)
    {
        var samples = Fixtures.Members("cases", "ucx-leak", "smaps.tar.gz").Select(m => Mappings(m.Text)).ToList();
        using var file = File.Create(path);
        for (var s = 0; s < snapshots; s++)
        {
            if (withTimes) file.Write(Encoding.ASCII.GetBytes(FormattableString.Invariant($"=== 2026-11-20T15:{s:d2}:19.662684063+00:00 pid=22654\n")));
            var address = FirstAddress;
            for (var m = 0; m < mappings;)
            {
                // Each snapshot and each round takes another instant of the case, so that the numbers differ.
                foreach (var mapping in samples[(s + (m / samples[0].Count)) % samples.Count])
                {
                    if (m++ == mappings) break;
                    file.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{address:x}-{address + mapping.Length:x}")));
                    file.Write(mapping.Rest);
                    address += mapping.Length + Gap;
                }
            }
        }
    }

    /// <summary>Length in bytes, and the text behind the range: the rest of the line and the keys.</summary>
    private sealed record Mapping(ulong Length, byte[] Rest);

    private static List<Mapping> Mappings(byte[] smaps)
    {
        var text = Encoding.Latin1.GetString(smaps);
        var result = new List<Mapping>();
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf("VmFlags:", start, StringComparison.Ordinal);
            end = text.IndexOf('\n', end) + 1;
            var dash = text.IndexOf('-', start);
            var blank = text.IndexOf(' ', dash);
            // [vsyscall] has an address of four digits more, and the padding of its line would not fit.
            if (blank - dash <= 13) result.Add(new Mapping(Hex(text[(dash + 1)..blank]) - Hex(text[start..dash]), smaps[blank..end]));
            start = end;
        }
        return result;
    }

    private static ulong Hex(string digits) => ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
