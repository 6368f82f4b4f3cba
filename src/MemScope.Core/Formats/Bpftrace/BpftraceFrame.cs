using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// A frame of bpftrace in any of its stack modes. Offsets behind a symbol are <b>decimal</b>:
/// <code>
/// 	7f9d017dc829 syscall+25 (/usr/lib/x86_64-linux-gnu/libc.so.6)      ustack(perf)
///         mmap64+19                                                     ustack
///         spin+37@/src/loop.c:14                                        ustack with debug information (0.24)
///         inner(inlined)
///         0x7f8e58f038a8                                                the process was gone: no symbol
///         7f8e58eefca3                                                  ustack(raw)
///         5a0901d5…9131 0x12e1                                          ustack(build_id): offset into the file
/// </code>
/// </summary>
internal static class BpftraceFrame
{
    private const int LeastBuildIdDigits = 16;

    /// <summary>Reads one line; null for a blank one.</summary>
    public static RawFrame? Read(ReadOnlySpan<byte> line, NameTable names)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty) return null;
        if (line.EndsWith("(inlined)"u8)) return new RawFrame { Function = names.Get(line[..^"(inlined)".Length].TrimEnd(" "u8)), Inlined = true };
        var cursor = new ByteCursor(line);
        if (cursor.TrySkip("0x"u8) && cursor.TryHex(out var unresolved) && cursor.IsAtEnd) return new RawFrame { Address = unresolved, AddressKind = FrameAddressKind.Absolute };
        cursor = new ByteCursor(line);
        if (cursor.TryHex(out var address))
        {
            if (cursor.IsAtEnd) return new RawFrame { Address = address, AddressKind = FrameAddressKind.Absolute };
            if (cursor.TrySkip(" "u8) && line[^1] == ')') return Perf(address, cursor.Rest[..^1], names);
        }
        return BuildId(line, names) ?? Symbol(line, names);
    }

    // 7f9d017dc829 syscall+25 (/usr/lib/libc.so.6), the last parenthesis cut off; the path may end in " (deleted)".
    private static RawFrame Perf(ulong address, ReadOnlySpan<byte> text, NameTable names)
    {
        var open = Parentheses.OpenOfLast(text);
        var symbol = open < 0 ? text : text[..open].TrimEnd(" "u8);
        var module = open < 0 ? default : text[(open + 1)..];
        return Symbol(symbol, names) with { Address = address, AddressKind = FrameAddressKind.Absolute, Module = IsUnknown(module) ? null : names.Get(module) };
    }

    private static RawFrame? BuildId(ReadOnlySpan<byte> line, NameTable names)
    {
        var blank = line.IndexOf(" 0x"u8);
        if (blank < LeastBuildIdDigits) return null;
        foreach (var b in line[..blank]) if (!char.IsAsciiHexDigit((char)b)) return null;
        var cursor = new ByteCursor(line[(blank + 3)..]);
        if (!cursor.TryHex(out var offset) || !cursor.IsAtEnd) return null;
        return new RawFrame { Address = offset, AddressKind = FrameAddressKind.InModule, BuildId = names.Get(line[..blank]) };
    }

    private static RawFrame Symbol(ReadOnlySpan<byte> text, NameTable names)
    {
        if (IsUnknown(text)) return new RawFrame();
        string? file = null;
        int? number = null;
        if (text.LastIndexOf((byte)'@') is > 0 and var at && text[..at].LastIndexOf((byte)'+') > 0)
        {
            (file, number) = SourceLine.Read(text[(at + 1)..], names);
            if (number is null) file = null;
            else text = text[..at];
        }
        var plus = text.LastIndexOf((byte)'+');
        var cursor = new ByteCursor(plus > 0 ? text[(plus + 1)..] : default);
        var hasOffset = cursor.TryDecimal(out var offset) && cursor.IsAtEnd;
        return new RawFrame { Function = names.Get(hasOffset ? text[..plus] : text), FunctionOffset = hasOffset ? offset : null, File = file, Line = number };
    }

    private static bool IsUnknown(ReadOnlySpan<byte> text) => text.IsEmpty || text.SequenceEqual("[unknown]"u8);
}
