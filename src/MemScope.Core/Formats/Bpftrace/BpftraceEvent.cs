using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// A line that a script prints per call. Two layouts are known:
/// <code>
/// 3458959052121 3358 3358 raw_mmap_leak mmap addr=0x0 len=32768 prot=0x3 flags=0x22 fd=-1 ret=0x7f9d018c0000     time pid tid comm call fields
/// mmap 3471858856821 3358 98304 0x7f9d00de0000                                                                   call time tid length address
/// mremap 3471959631100 3358 0x7f9d005d0000 2555904 2621440                                                       … address, old and new length
/// </code>
/// </summary>
internal static class BpftraceEvent
{
    /// <summary>Reads one line; false when it is no call.</summary>
    /// <param name="line">The line without blanks at its end.</param>
    /// <param name="memoryEvent">The call.</param>
    /// <param name="comm">The thread's name where it is printed, else empty.</param>
    public static bool TryRead(ReadOnlySpan<byte> line, out TraceEvent memoryEvent, out ReadOnlySpan<byte> comm)
    {
        comm = default;
        return TryFields(line, out memoryEvent, ref comm) || TryPositions(line, out memoryEvent);
    }

    /// <summary>The call of a name, or null.</summary>
    public static MemoryCall? CallOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("mmap"u8) ? MemoryCall.Mmap
        : name.SequenceEqual("munmap"u8) ? MemoryCall.Munmap
        : name.SequenceEqual("mremap"u8) ? MemoryCall.Mremap
        : name.SequenceEqual("brk"u8) ? MemoryCall.Brk
        : name.SequenceEqual("madvise"u8) ? MemoryCall.Madvise
        : name.SequenceEqual("mprotect"u8) ? MemoryCall.Mprotect
        : null;

    // A comm may hold blanks and even the name of a call: the fields are taken from the right, and what stands before them is the call.
    private static bool TryFields(ReadOnlySpan<byte> line, out TraceEvent memoryEvent, ref ReadOnlySpan<byte> comm)
    {
        memoryEvent = default;
        var fields = new MemoryCallFields();
        var rest = line;
        ReadOnlySpan<byte> word;
        while (true)
        {
            word = LastWord(ref rest);
            if (word.IsEmpty) return false;
            if (!fields.TryRead(word)) break;
        }
        if (fields.Count == 0 || CallOf(word) is not { } call) return false;
        memoryEvent = fields.ToEvent(call);
        return rest.IsEmpty || TryLead(rest, ref memoryEvent, ref comm);
    }

    private static bool TryLead(ReadOnlySpan<byte> lead, ref TraceEvent memoryEvent, ref ReadOnlySpan<byte> comm)
    {
        var cursor = new ByteCursor(lead);
        if (!cursor.TryDecimal(out var time) || time > long.MaxValue) return false;
        memoryEvent = memoryEvent with { TimeNs = (long)time };
        cursor.SkipBlanks();
        if (cursor.IsAtEnd) return true;
        if (!cursor.TryDecimal(out var pid) || pid > int.MaxValue) return false;
        cursor.SkipBlanks();
        if (!cursor.TryDecimal(out var tid) || tid > int.MaxValue) return false;
        memoryEvent = memoryEvent with { Pid = (int)pid, Tid = (int)tid };
        comm = cursor.Rest.StartsWith(" "u8) ? cursor.Rest[1..] : cursor.Rest;
        return true;
    }

    private static bool TryPositions(ReadOnlySpan<byte> line, out TraceEvent memoryEvent)
    {
        memoryEvent = default;
        var cursor = new ByteCursor(line);
        if (CallOf(cursor.Word()) is not { } call || call is not (MemoryCall.Mmap or MemoryCall.Munmap or MemoryCall.Mremap)) return false;
        if (!TryNext(ref cursor, out var time) || !TryNext(ref cursor, out var tid) || time > long.MaxValue || tid > int.MaxValue) return false;
        if (!TryNext(ref cursor, out var first) || !TryNext(ref cursor, out var second)) return false;
        memoryEvent = new TraceEvent { Call = call, TimeNs = (long)time, Tid = (int)tid };
        if (call == MemoryCall.Mremap)
        {
            if (!TryNext(ref cursor, out var newLength)) return false;
            memoryEvent = memoryEvent with { Address = first, OldLength = second, Length = newLength };
        }
        else if (call == MemoryCall.Munmap)
        {
            memoryEvent = memoryEvent with { Length = first, Address = second };
        }
        else
        {
            memoryEvent = memoryEvent with { Length = first, Result = second, HasResult = true, Failed = MemoryCallFields.IsError(second) };
        }
        return cursor.IsAtEnd;
    }

    private static bool TryNext(ref ByteCursor cursor, out ulong value)
    {
        cursor.SkipBlanks();
        return cursor.TryNumber(out value);
    }

    private static ReadOnlySpan<byte> LastWord(scoped ref ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t"u8);
        var blank = text.LastIndexOfAny((byte)' ', (byte)'\t');
        var word = text[(blank + 1)..];
        text = text[..(blank + 1)].TrimEnd(" \t"u8);
        return word;
    }
}
