using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Sanitizer;

/// <summary>
/// A frame of a sanitizer's stack behind its number (compiler-rt's sanitizer_stacktrace_printer.cpp):
/// <code>
/// 0x5635ee625169 in leaky /tmp/leak-oracle/leak.c:12
/// 0x5617906f101e in leaky /tmp/leak-oracle/leak.c:12:19
/// 0x7fd12fcb94c8 in operator new(unsigned long) ../../../../src/libsanitizer/asan/asan_new_delete.cpp:95
/// 0x5617906b614e in __interceptor_malloc (/tmp/leak-oracle/leak-asan+0xa314e) (BuildId: 77bc039995ff21fb5ca703d5872a269c99d3b5a4)
/// 0x555f07af2804  (/tmp/lost/lost-lsan-clang+0x33804)
/// 0x7fff5c3c2e37  ([stack]+0x1fe37)
/// 0x7f1f2b3c4d5e  (&lt;unknown module>)
/// </code>
/// An offset in a module says more than the address, which is of that run only.
/// </summary>
internal static class SanitizerFrame
{
    /// <summary>Reads a frame. What is not understood of it stands as the function's name.</summary>
    public static RawFrame Read(ReadOnlySpan<byte> label, NameTable names)
    {
        var cursor = new ByteCursor(label);
        var hasAddress = cursor.TrySkip("0x"u8) & cursor.TryHex(out var address);
        var frame = new RawFrame { Address = hasAddress ? address : 0, AddressKind = hasAddress ? FrameAddressKind.Absolute : FrameAddressKind.None };
        var text = (hasAddress ? cursor.Rest : label).Trim(" "u8);
        if (text.StartsWith("in "u8)) text = text[3..];
        frame = WithBuildId(frame, ref text, names);
        if (!TryModule(ref frame, ref text, names)) TryPlace(ref frame, ref text, names);
        return text.IsEmpty || text.SequenceEqual("<null>"u8) ? frame : frame with { Function = names.Get(text) };
    }

    private static RawFrame WithBuildId(RawFrame frame, ref ReadOnlySpan<byte> text, NameTable names)
    {
        var at = text.LastIndexOf(" (BuildId: "u8);
        if (at < 0 || !text.EndsWith(")"u8)) return frame;
        var id = text[(at + 11)..^1];
        text = text[..at];
        return frame with { BuildId = names.Get(id) };
    }

    /// <summary>Takes <c>(/path/of/module+0x1f)</c> off the end.</summary>
    private static bool TryModule(ref RawFrame frame, ref ReadOnlySpan<byte> text, NameTable names)
    {
        if (!text.EndsWith(")"u8)) return false;
        var open = Parentheses.OpenOfLast(text[..^1]);
        if (open < 0 || (open > 0 && text[open - 1] != ' ')) return false;
        var inside = text[(open + 1)..^1];
        if (!inside.SequenceEqual("<unknown module>"u8))
        {
            var plus = inside.LastIndexOf("+0x"u8);
            if (plus <= 0) return false;
            var cursor = new ByteCursor(inside[(plus + 3)..]);
            if (!cursor.TryHex(out var offset) || !cursor.IsAtEnd) return false;
            frame = frame with { Address = offset, AddressKind = FrameAddressKind.InModule, Module = names.Get(inside[..plus]) };
        }
        text = text[..open].TrimEnd(" "u8);
        return true;
    }

    /// <summary>Takes <c>/path/file.c:12:39</c> off the end. A path may hold blanks, so an absolute one is looked for from the left, outside of the function's arguments.</summary>
    private static void TryPlace(ref RawFrame frame, ref ReadOnlySpan<byte> text, NameTable names)
    {
        var depth = 0;
        var last = -1;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(') depth++;
            else if (text[i] == ')') depth = Math.Max(depth - 1, 0);
            else if (text[i] == ' ' && depth == 0)
            {
                last = i;
                if (i + 1 < text.Length && text[i + 1] == '/') break;
            }
        }
        if (last < 0) return;
        var place = text[(last + 1)..];
        var (file, line) = SourceLine.ReadWithColumn(place, names);
        if (line is null && !place.StartsWith("/"u8) && !place.SequenceEqual("<null>"u8)) return;
        text = text[..last];
        if (!place.SequenceEqual("<null>"u8)) frame = frame with { File = file, Line = line };
    }
}
