using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>The text that gperftools, the first tcmalloc and Go print.</summary>
internal static class LegacyHeapFormat
{
    private const int LinesToLookAt = 20;

    /// <summary>The entry of the registry.</summary>
    public static InputFormat Format { get; } = new("heap-profile", "heap profile as text (gperftools, Go debug=1)",
        "LD_PRELOAD=libtcmalloc.so HEAPPROFILE=/tmp/app app; curl 'http://host:6060/debug/pprof/heap?debug=1' > heap.txt", Sniff, LegacyHeapParser.Parse) { Family = FormatFamily.HeapProfiles };

    private static bool Sniff(ReadOnlySpan<byte> head)
    {
        var lines = new LineReader(head);
        while (lines.Next() && lines.Number <= LinesToLookAt)
            if (LegacyHeapHeader.TryRead(lines.Line, out _)) return true;
        return false;
    }
}
