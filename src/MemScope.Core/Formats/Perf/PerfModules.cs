using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Perf;

/// <summary>
/// The mappings of files that perf lists (<c>--show-mmap-events</c>; tools/perf/util/event.c, perf_event__fprintf_mmap2):
/// <code>
/// PERF_RECORD_MMAP2 3358/3358: [0x557ba1a13000(0x1000) @ 0x1000 fe:00 1212430 0]: r-xp /opt/memscope-corpus/bin/raw_mmap_leak
/// PERF_RECORD_MMAP2 3358/3358: [0x7f9d01701000(0x156000) @ 0x26000 &lt;93ac61ec5a8eb1396f9fbd350e3169a558528a40>]: r-xp /usr/lib/libc.so.6
/// PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1209988) @ 0xffffffff81000000]: x [kernel.kallsyms]_text
/// </code>
/// </summary>
internal sealed class PerfModules
{
    private const int PermissionsLength = 5;
    private readonly Dictionary<string, IntervalMap> _ranges = new(StringComparer.Ordinal);
    private readonly List<IntervalMap.Interval> _replaced = [];
    private readonly HashSet<(AddressRange, ulong, string)> _seen = [];
    private readonly List<MappedModule> _all = [];

    /// <summary>Each mapping of a file once, in the order of the text.</summary>
    public IReadOnlyList<MappedModule> All => _all;

    /// <summary>How many records tell of anonymous memory.</summary>
    public int Anonymous { get; private set; }

    /// <summary>Whether an address lies in a mapping of a module, so that it is a virtual address and no offset.</summary>
    public bool Holds(string module, ulong address) => _ranges.TryGetValue(module, out var ranges) && ranges.Contains(address);

    /// <summary>Reads what stands behind <c>PERF_RECORD_MMAP2 </c>; false when it is cut or not of that form.</summary>
    /// <param name="text">What stands there.</param>
    /// <param name="timeNs">Time of the record, 0 for what was mapped before the recording began.</param>
    /// <param name="names">Names decoded so far.</param>
    /// <param name="pid">The process.</param>
    /// <param name="tid">The thread that made the mapping.</param>
    public bool TryRead(ReadOnlySpan<byte> text, long timeNs, NameTable names, out int pid, out int tid)
    {
        tid = 0;
        var cursor = new ByteCursor(text);
        if (!TryIds(ref cursor, out pid, out tid) || !cursor.TrySkip(": [0x"u8) || !cursor.TryHex(out var start)) return false;
        if (!cursor.TrySkip("("u8) || !TryHexWith0x(ref cursor, out var length) || !cursor.TrySkip(") @ "u8) || !TryHexWith0x(ref cursor, out var offset)) return false;
        var close = cursor.Rest.IndexOf("]: "u8);
        if (close < 0) return false;
        var identity = cursor.Rest[..close];
        cursor.Skip(close + 3);
        // "r-xp name" of MMAP2, "x name" of MMAP.
        var name = cursor.Rest.Length > PermissionsLength && cursor.Rest[PermissionsLength - 1] == ' ' ? cursor.Rest[PermissionsLength..] : cursor.Rest[Math.Min(2, cursor.Rest.Length)..];
        Add(new AddressRange(start, start + Math.Min(length, ulong.MaxValue - start)), offset, name, identity, names, timeNs);
        return true;
    }

    private void Add(AddressRange range, ulong offset, ReadOnlySpan<byte> name, ReadOnlySpan<byte> identity, NameTable names, long timeNs)
    {
        if (name.IsEmpty || name.StartsWith("//anon"u8)) Anonymous++;
        if (name.IsEmpty || name.StartsWith("//anon"u8) || (name[0] == '[' && !name.StartsWith("[vdso]"u8) && !name.StartsWith("[kernel"u8))) return;
        var path = names.Get(name);
        if (!_seen.Add((range, offset, path))) return;
        var open = identity.IndexOf((byte)'<');
        var buildId = open >= 0 && identity[^1] == '>' && identity.Length - open > 2 ? names.Get(identity[(open + 1)..^1]) : null;
        _all.Add(new MappedModule(range, offset, path, buildId) { FromNs = timeNs > 0 ? timeNs : null });
        if (!_ranges.TryGetValue(path, out var ranges)) _ranges.Add(path, ranges = new IntervalMap());
        // The processes of a file may have it in different places; that they overlap does not matter here.
        _replaced.Clear();
        ranges.Remove(range.Start, range.End, _replaced);
        ranges.Add(range.Start, range.End, 0);
    }

    private static bool TryIds(ref ByteCursor cursor, out int pid, out int tid)
    {
        pid = tid = 0;
        return TryId(ref cursor, out pid) && cursor.TrySkip((byte)'/') && TryId(ref cursor, out tid);
    }

    private static bool TryId(ref ByteCursor cursor, out int id)
    {
        id = 0;
        return cursor.TryNumber(out var number) && (id = number <= int.MaxValue ? (int)number : -1) >= -1;
    }

    // "%#lx" writes zero without 0x.
    private static bool TryHexWith0x(ref ByteCursor cursor, out ulong value)
    {
        cursor.TrySkip("0x"u8);
        return cursor.TryHex(out value);
    }
}
