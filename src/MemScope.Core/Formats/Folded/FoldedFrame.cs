using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Folded;

/// <summary>
/// A frame of a folded stack. stackcollapse-perf.pl marks frames: <c>_[k]</c> of the kernel, <c>_[i]</c> inlined, <c>_[j]</c> written by a JIT; heaptrack_print and py-spy put
/// the place behind the name. An address alone is one that the tool had no name for:
/// <code>
/// read_[k]
/// Handler::operator()(int) const (malloc_leak.cpp)
/// handle (app/server.py:87)
/// 0x7f188eea57b9
/// </code>
/// </summary>
internal static class FoldedFrame
{
    /// <summary>Reads a frame.</summary>
    public static RawFrame Read(ReadOnlySpan<byte> name, NameTable names)
    {
        var frame = new RawFrame();
        if (name.EndsWith(")"u8)) frame = WithPlace(ref name, names);
        else if (name.Length > 4 && name[^4..].SequenceEqual("_[i]"u8)) frame = frame with { Inlined = true };
        else if (name.Length > 4 && name[^4..].SequenceEqual("_[k]"u8)) frame = frame with { Module = "[kernel]" };
        else if (name.Length > 4 && name[^4..].SequenceEqual("_[j]"u8)) frame = frame with { Module = "[jit]" };
        if (frame.Inlined || frame.Module is not null) name = name[..^4];
        var cursor = new ByteCursor(name);
        return cursor.TrySkip("0x"u8) && cursor.TryHex(out var address) && cursor.IsAtEnd
            ? frame with { Address = address, AddressKind = FrameAddressKind.Absolute }
            : frame with { Function = names.Get(name) };
    }

    /// <summary>Takes the place off the end: a file has a line behind it, or a dot in its name and no blank; one without a dot (C++ headers) stands behind arguments.</summary>
    private static RawFrame WithPlace(ref ReadOnlySpan<byte> name, NameTable names)
    {
        var open = Parentheses.OpenOfLast(name[..^1]);
        if (open <= 1 || name[open - 1] != ' ') return new RawFrame();
        var place = name[(open + 1)..^1];
        var (file, line) = SourceLine.ReadWithColumn(place, names);
        var before = name[..(open - 1)];
        if (line is null && (place.IndexOf((byte)' ') >= 0 || !(place.Contains((byte)'.') || before.EndsWith(")"u8)))) return new RawFrame();
        name = before;
        return new RawFrame { File = file, Line = line };
    }
}
