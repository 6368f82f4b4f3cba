using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Strace;

/// <summary>
/// A frame of <c>strace -k</c>:
/// <code>
///  > /usr/lib/x86_64-linux-gnu/libc.so.6(__mmap+0x13) [0x1019b3]
///  > /usr/lib/x86_64-linux-gnu/libc.so.6() [0x101829]
///  > /opt/app/bin/leak(Handler::operator()(int) const+0x342) [0x3862]
///  > /opt/app/bin/leak(main+0x245) [0x2495] leak.c:12
///  > unexpected_backtracing_error [0x7f0c1b3e2a40]
/// </code>
/// Names hold blanks and parentheses, paths may: everything is matched from the right.
/// </summary>
internal static class StraceFrame
{
    /// <summary>How a frame's line begins.</summary>
    public static ReadOnlySpan<byte> Mark => " > "u8;

    /// <summary>Reads one line; null when it is no frame.</summary>
    public static RawFrame? Read(ReadOnlySpan<byte> line, NameTable names)
    {
        if (!line.StartsWith(Mark)) return null;
        line = line[Mark.Length..].TrimEnd(" "u8);
        var bracket = line.LastIndexOf(") [0x"u8);
        if (bracket < 0) return Unwound(line, names);
        var cursor = new ByteCursor(line[(bracket + 5)..]);
        if (!cursor.TryHex(out var address)) return Unwound(line, names);
        cursor.TrySkip("]"u8);
        var (file, number) = SourceLine.Read(cursor.Rest, names);
        var call = line[..bracket];
        var open = Parentheses.OpenOfLast(call);
        if (open < 0) return Unwound(line, names);
        var (function, offset) = Symbol(call[(open + 1)..], names);
        return new RawFrame
        {
            Address = address,
            AddressKind = FrameAddressKind.InModule,
            Module = open == 0 ? null : names.Get(call[..open]),
            Function = function,
            FunctionOffset = offset,
            File = file,
            Line = number,
        };
    }

    private static (string? Function, ulong? Offset) Symbol(ReadOnlySpan<byte> text, NameTable names)
    {
        if (text.IsEmpty) return (null, null);
        var plus = text.LastIndexOf("+0x"u8);
        if (plus > 0)
        {
            var cursor = new ByteCursor(text[(plus + 3)..]);
            if (cursor.TryHex(out var offset) && cursor.IsAtEnd) return (names.Get(text[..plus]), offset);
        }
        return (names.Get(text), null);
    }

    // The unwinder's message instead of a frame: the address, where there is one, is a plain instruction pointer.
    private static RawFrame Unwound(ReadOnlySpan<byte> line, NameTable names)
    {
        var bracket = line.LastIndexOf(" [0x"u8);
        if (bracket < 0) return new RawFrame { Function = names.Get(line) };
        var cursor = new ByteCursor(line[(bracket + 4)..]);
        return cursor.TryHex(out var address)
            ? new RawFrame { Address = address, AddressKind = FrameAddressKind.Absolute, Function = names.Get(line[..bracket]) }
            : new RawFrame { Function = names.Get(line) };
    }
}
