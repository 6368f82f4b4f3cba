using System.Runtime.CompilerServices;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// What stands before a sample (tools/perf/builtin-script.c, perf_sample__fprintf_start). Which fields there are is the user's choice (<c>-F</c>), their order is not:
/// <code>
/// raw_mmap_leak  3358 [001]  3482.658675:    syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00010000, …
/// Web Content 24636/25607 2141.363622123:    1001001 cpu-clock:u:
///               ls 18279  2140.190244:          1 page-faults:  ffffffff8175336a elf_load+0x28a ([kernel.kallsyms])
/// </code>
/// A comm may hold blanks and digits, so the line is matched around the time.
/// </summary>
internal readonly ref struct PerfHeader
{
    private const int LeastPlaces = 6, NanosecondPlaces = 9;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Name of the thread; empty when not printed.</summary>
    public ReadOnlySpan<byte> Comm { get; private init; }

    /// <summary>Process id, 0 when not printed (perf prints it only where it is asked for).</summary>
    public int Pid { get; private init; }

    /// <summary>Thread id, 0 when not printed.</summary>
    public int Tid { get; private init; }

    /// <summary>Time on perf's clock in nanoseconds.</summary>
    public long TimeNs { get; private init; }

    /// <summary>What stands behind the time, without blanks in front.</summary>
    public ReadOnlySpan<byte> Body { get; private init; }

    /// <summary>Reads the beginning of a sample; false when the line is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryRead(ReadOnlySpan<byte> line, out PerfHeader header)
    {
        header = default;
        for (var from = 0; ;)
        {
            var found = line[from..].IndexOf((byte)':');
            if (found < 0) return false;
            var colon = from + found;
            from = colon + 1;
            if (from < line.Length && line[from] != ' ') continue;
            var start = StartOfTime(line[..colon], out var timeNs);
            if (start < 0) continue;
            var before = line[..start].TrimEnd(" "u8);
            SkipCpu(ref before);
            var (pid, tid) = TakeIds(ref before);
            header = new PerfHeader { Comm = before.Trim(" "u8), Pid = pid, Tid = tid, TimeNs = timeNs, Body = line[from..].TrimStart(" "u8) };
            return true;
        }
    }

    /// <summary>Where the time begins that ends <paramref name="text"/>, or -1: seconds, a point and six digits, or nine with --ns.</summary>
    private static int StartOfTime(ReadOnlySpan<byte> text, out long timeNs)
    {
        timeNs = 0;
        var point = text.Length - 1;
        while (point >= 0 && char.IsAsciiDigit((char)text[point])) point--;
        var places = text.Length - 1 - point;
        if (point < 1 || text[point] != '.' || places is < LeastPlaces or > NanosecondPlaces) return -1;
        var start = point;
        while (start > 0 && char.IsAsciiDigit((char)text[start - 1])) start--;
        if (start == point || (start > 0 && text[start - 1] != ' ')) return -1;
        if (!new ByteCursor(text[start..point]).TryDecimal(out var seconds) || seconds >= long.MaxValue / NanosecondsPerSecond) return -1;
        new ByteCursor(text[(point + 1)..]).TryDecimal(out var fraction);
        for (; places < NanosecondPlaces; places++) fraction *= 10;
        timeNs = ((long)seconds * NanosecondsPerSecond) + (long)fraction;
        return start;
    }

    // "[001]"
    private static void SkipCpu(ref ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[^1] != ']') return;
        var open = text.LastIndexOf((byte)'[');
        if (open >= 0 && text.Length - open > 2 && text[(open + 1)..^1].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0) text = text[..open].TrimEnd(" "u8);
    }

    // "3358", "24636/25607", "-1/0"
    private static (int Pid, int Tid) TakeIds(ref ReadOnlySpan<byte> text)
    {
        var word = text[(text.LastIndexOf((byte)' ') + 1)..];
        var slash = word.IndexOf((byte)'/');
        if (!TryId(word[(slash + 1)..], out var tid)) return default;
        var pid = 0;
        if (slash >= 0 && !TryId(word[..slash], out pid)) return default;
        text = text[..^word.Length].TrimEnd(" "u8);
        return (Math.Max(pid, 0), Math.Max(tid, 0));
    }

    private static bool TryId(ReadOnlySpan<byte> text, out int id)
    {
        var cursor = new ByteCursor(text);
        var negative = cursor.TrySkip((byte)'-');
        if (!cursor.TryInt(out id) || !cursor.IsAtEnd) return false;
        if (negative) id = -id;
        return true;
    }
}
