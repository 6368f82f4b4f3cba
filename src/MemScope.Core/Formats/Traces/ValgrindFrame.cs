using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>
/// A frame as valgrind's tools print it (<c>VG_(describe_IP)</c>), and after them heaptrack_print and Rust's dhat:
/// <code>
/// 0x109170: leaky (leak.c:12)
/// 0x48417B4: malloc (in /usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so)
/// 0x10B861: Handler::operator()(int) const (malloc_leak.cpp:41)
/// 0x58F4249: (below main) (libc_start_call_main.h:58)
/// 0x1FFF0008A2: ???
/// 0x10f4c2b5: alloc::alloc::alloc (library/alloc/src/alloc.rs:86:14)
/// </code>
/// Names hold parentheses, so the place is looked for from the right. Addresses of callers are return addresses less one.
/// </summary>
internal static class ValgrindFrame
{
    /// <summary>Reads a label. What is not understood of it stands as the function's name.</summary>
    public static RawFrame Read(ReadOnlySpan<byte> label, NameTable names)
    {
        var cursor = new ByteCursor(label);
        var hasAddress = cursor.TrySkip("0x"u8) & cursor.TryHex(out var address) && cursor.TrySkip(": "u8);
        var text = hasAddress ? cursor.Rest : label;
        var place = PlaceOf(text, out var name);
        var frame = new RawFrame
        {
            Address = hasAddress ? address : 0,
            AddressKind = hasAddress ? FrameAddressKind.Absolute : FrameAddressKind.None,
        };
        if (place.StartsWith("in "u8)) frame = frame with { Module = names.Get(place[3..]) };
        else if (!place.IsEmpty && SourceLine.ReadWithColumn(place, names) is (var file, { } line)) frame = frame with { File = file, Line = line };
        else name = text;
        return name.IsEmpty || name.SequenceEqual("???"u8) ? frame : frame with { Function = names.Get(name) };
    }

    /// <summary>What stands in the last parentheses, behind a blank; empty when the text does not end so.</summary>
    private static ReadOnlySpan<byte> PlaceOf(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name)
    {
        name = text;
        if (!text.EndsWith(")"u8)) return default;
        var open = Parentheses.OpenOfLast(text[..^1]);
        if (open <= 0 || text[open - 1] != ' ') return default;
        name = text[..(open - 1)];
        return text[(open + 1)..^1];
    }
}
