using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Gdb;

/// <summary>
/// gdb's own line at a breakpoint, where its commands are not silent. With the C library's debug information it holds the arguments of the call:
/// <code>
/// Breakpoint 2.1, __GI___mmap64 (addr=addr@entry=0x0, len=len@entry=8192, prot=prot@entry=3, …) at ../sysdeps/unix/sysv/linux/mmap64.c:50
/// Thread 2 "worker" hit Breakpoint 2, mmap64 (addr=0x0, len=8192, …) at …
/// </code>
/// Without it there is nothing but the name, and no call is read.
/// </summary>
internal static class GdbStop
{
    /// <summary>Reads the line; false when it is no stop at a call that maps memory, or does not tell its length.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out TraceEvent call)
    {
        call = default;
        var at = line.IndexOf("reakpoint "u8);
        if (at < 1 || (at > 1 && !line.StartsWith("Temporary b"u8) && !(line.StartsWith("Thread "u8) && line[..at].EndsWith(" hit B"u8)))) return false;
        var cursor = new ByteCursor(line[(at + "reakpoint "u8.Length)..]);
        if (!cursor.TryDecimal(out _)) return false;
        if (cursor.TrySkip("."u8)) cursor.TryDecimal(out _);
        if (!cursor.TrySkip(", "u8)) return false;
        if (cursor.TrySkip("0x"u8) && (!cursor.TryHex(out _) || !cursor.TrySkip(" in "u8))) return false;
        var open = cursor.Rest.IndexOf(" ("u8);
        if (open <= 0 || CallOf(cursor.Rest[..open]) is not { } kind) return false;
        var fields = new MemoryCallFields();
        cursor.Skip(open + 2);
        while (!cursor.IsAtEnd)
        {
            cursor.SkipBlanks();
            var word = cursor.Word();
            var equals = word.IndexOf((byte)'=');
            // "len=len@entry=8192": the value at the function's beginning.
            if (equals > 0) fields.TryRead(word[..equals], word[(word.LastIndexOf((byte)'=') + 1)..].TrimEnd(",)"u8));
            if (word.EndsWith(")"u8)) break;
        }
        call = fields.ToEvent(kind);
        return fields.HasLength;
    }

    // __GI___mmap64, __mmap64, mmap64, mmap
    private static MemoryCall? CallOf(ReadOnlySpan<byte> function)
    {
        function = function.TrimStart((byte)'_');
        if (function.StartsWith("GI_"u8)) function = function["GI_"u8.Length..].TrimStart((byte)'_');
        return function.SequenceEqual("mmap"u8) || function.SequenceEqual("mmap64"u8) ? MemoryCall.Mmap
            : function.SequenceEqual("munmap"u8) ? MemoryCall.Munmap
            : function.SequenceEqual("mremap"u8) ? MemoryCall.Mremap
            : function.SequenceEqual("mprotect"u8) ? MemoryCall.Mprotect
            : function.SequenceEqual("madvise"u8) ? MemoryCall.Madvise
            : null;
    }
}
