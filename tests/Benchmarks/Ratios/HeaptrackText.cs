using System.Globalization;
using System.Text;

namespace MemScope.Benchmarks.Ratios;

/// <summary>
/// A large interpreted file of heaptrack (version 3), the same in every run: 32,000 allocation infos at 4,000 stacks of 12 to 40 addresses, 24 million allocations and 23.9 million frees, most of them of blocks that are young, and a time every 4,800 events.
/// In shape it is what heaptrack_interpret writes of a busy program, about 340 MB.
/// </summary>
internal static class HeaptrackText
{
    private const int Functions = 3_000, Addresses = 5_000, Stacks = 4_000, Infos = 32_000, Allocations = 24_000_000, LiveAtEnd = 100_000, EventsPerTime = 4_800;

    /// <summary>Writes the file.</summary>
    public static void Write(string path)
    {
        var random = new Random(1);
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20) { NewLine = "\n" };
        Line(file, $"v 10400 3");
        Line(file, $"X ./server --threads 8");
        Line(file, $"I 1000 5e298f");
        var leaves = WriteStacks(file, random);
        for (var i = 0; i < Infos; i++) Line(file, $"a {16 + (random.Next(1, 600) * (i % 40 == 0 ? 640 : 8)):x} {leaves[i % leaves.Length]:x}");
        WriteEvents(file, random);
        Line(file, $"");
        Line(file, $"# strings: {Functions + Functions + 1}");
    }

    /// <summary>Strings, addresses and a tree whose stacks share their outer ends. The nodes at which memory is allocated.</summary>
    private static int[] WriteStacks(StreamWriter file, Random random)
    {
        Line(file, $"s 8 ./server");
        for (var i = 0; i < Functions; i++) Sized(file, $"svc::Module{i % 97}::Session<std::pair<int, unsigned long> >::function_{i}(std::vector<char, std::allocator<char> > const&)");
        for (var i = 0; i < Functions; i++) Sized(file, $"/src/server/module_{i % 97}/part_{i}.cpp");
        for (var i = 0; i < Addresses; i++)
        {
            file.Write(string.Create(CultureInfo.InvariantCulture, $"i {0x55d0_0000_0000 + (i * 37L):x} 1"));
            // Two of five addresses lie in functions that are inlined there.
            for (var level = 0; level <= (i % 5 < 2 ? 2 : 0); level++)
            {
                var function = random.Next(Functions);
                file.Write(string.Create(CultureInfo.InvariantCulture, $" {2 + function:x} {2 + Functions + function:x} {random.Next(1, 2000):x}"));
            }
            file.Write('\n');
        }
        var node = 0;
        var leaves = new int[Stacks];
        for (var s = 0; s < Stacks; s++)
        {
            // Every tenth stack begins at the root, the others branch off the one before.
            var parent = s % 10 == 0 ? 0 : Math.Max(leaves[s - 1] - random.Next(1, 10), 0);
            for (var depth = s % 10 == 0 ? random.Next(12, 32) : random.Next(3, 10); depth > 0; depth--)
            {
                Line(file, $"t {random.Next(1, Addresses + 1):x} {parent:x}");
                parent = ++node;
            }
            leaves[s] = node;
        }
        return leaves;
    }

    private static void WriteEvents(StreamWriter file, Random random)
    {
        var live = new int[Allocations];
        var (count, allocated, events, ms) = (0, 0, 0, 0);
        while (allocated < Allocations || count > LiveAtEnd)
        {
            // The heap grows for a while and shrinks again, but not below what stays to the end.
            if (allocated < Allocations && (count < LiveAtEnd || random.Next(100) < (allocated % 2_000_000 < 1_200_000 ? 52 : 45)))
            {
                live[count++] = Math.Min(random.Next(Infos), random.Next(Infos));
                Event(file, '+', live[count - 1]);
                allocated++;
            }
            else
            {
                var at = count - 1 - (random.Next(4) == 0 ? random.Next(count) : random.Next(Math.Min(count, 8)));
                Event(file, '-', live[at]);
                live[at] = live[--count];
            }
            if (++events % EventsPerTime != 0) continue;
            ms += 10;
            Line(file, $"c {ms:x}");
            Line(file, $"R {2_000 + (count / 8):x}");
        }
    }

    private static void Event(StreamWriter file, char sign, int info)
    {
        Span<char> line = [sign, ' ', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0', '\0'];
        info.TryFormat(line[2..], out var digits, "x", CultureInfo.InvariantCulture);
        line[2 + digits] = '\n';
        file.Write(line[..(3 + digits)]);
    }

    private static void Sized(StreamWriter file, FormattableString text)
    {
        var line = FormattableString.Invariant(text);
        Line(file, $"s {line.Length:x} {line}");
    }

    private static void Line(StreamWriter file, FormattableString text)
    {
        file.Write(text.ToString(CultureInfo.InvariantCulture));
        file.Write('\n');
    }
}
