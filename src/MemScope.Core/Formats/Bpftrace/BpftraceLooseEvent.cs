using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// A call in a layout of the script's own: the name of a call and words with values in any order. Only read where the file is known to be bpftrace's, for other text looks like it too.
/// <code>
/// time=2515662984622 op=mmap pid=25375 tid=25375 comm=maps size=4096 result=0x7f11af464000
/// maps[25375]: munmap: addr=0x7f11af464000, len=4096
/// 25375 sys_enter_munmap addr: 0x7f11af464000, len: 4096
/// </code>
/// A value without a key says nothing: <c>mmap 4096 0x7f11af464000</c> is not read so.
/// </summary>
internal static class BpftraceLooseEvent
{
    private const int WordsToLookAt = 64;

    /// <summary>Reads one line; false unless it names a call and a length, of brk a break.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out TraceEvent memoryEvent, out ReadOnlySpan<byte> comm)
    {
        comm = default;
        var fields = new MemoryCallFields();
        MemoryCall? call = null;
        ReadOnlySpan<byte> key = default;
        var cursor = new ByteCursor(line);
        for (var n = 0; n < WordsToLookAt && !cursor.IsAtEnd; n++)
        {
            cursor.SkipBlanks();
            var word = cursor.Word();
            if (!key.IsEmpty && fields.TryRead(key, word)) word = default;
            key = default;
            var split = word.IndexOfAny((byte)'=', (byte)':');
            var bare = word.TrimEnd(",:;"u8);
            if (split > 0 && split < bare.Length)
            {
                if (!fields.TryRead(word[..split], word[(split + 1)..])) Named(word[..split], bare[(split + 1)..], ref call, ref comm);
            }
            else
            {
                if (word.Length > bare.Length) key = bare;
                call ??= CallOf(bare);
            }
        }
        memoryEvent = call is { } known ? fields.ToEvent(known) : default;
        return call is not null && (fields.HasLength || (call == MemoryCall.Brk && fields.HasPlace));
    }

    private static void Named(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, ref MemoryCall? call, ref ReadOnlySpan<byte> comm)
    {
        if (key.SequenceEqual("comm"u8)) comm = value;
        else if (key.SequenceEqual("op"u8) || key.SequenceEqual("call"u8) || key.SequenceEqual("syscall"u8) || key.SequenceEqual("event"u8) || key.SequenceEqual("func"u8) || key.SequenceEqual("probe"u8)) call ??= CallOf(value);
    }

    // mmap, mmap(), sys_enter_mmap, tracepoint:syscalls:sys_exit_mmap, __x64_sys_mmap
    private static MemoryCall? CallOf(ReadOnlySpan<byte> name)
    {
        name = name.TrimEnd("()"u8);
        var colon = name.LastIndexOf((byte)':');
        if (colon >= 0) name = name[(colon + 1)..];
        var sys = name.LastIndexOf("sys_"u8);
        if (sys >= 0) name = name[(sys + 4)..];
        if (name.StartsWith("enter_"u8)) name = name["enter_"u8.Length..];
        else if (name.StartsWith("exit_"u8)) name = name["exit_"u8.Length..];
        return BpftraceEvent.CallOf(name);
    }
}
