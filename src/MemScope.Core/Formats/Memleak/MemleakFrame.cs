using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Memleak;

/// <summary>
/// A frame of memleak; offsets are hexadecimal:
/// <code>
///                  main+0x6d [allocs]                              bcc until 0.25, a file's name without its folder
/// 		0x0000559b4789639f	zmalloc+0x2f [redis-server]           bcc
/// 		bpf_prog_load [kernel]
/// 	0 [&lt;000055b2a1c3d1a9>] main+0x29 [/opt/app/leak]              libbpf-tools, its own symbols
/// 	#1 0x000055b2a1c3d1a9 main+0x29 (/opt/app/leak+0x11a9)        libbpf-tools, newer
/// 000055b2a1c3d1a9: main @ 0x1180+0x29 /src/leak.c:12             libbpf-tools with blazesym
///                   grow /src/leak.c:5 [inlined]                  inlined into the frame above it
/// </code>
/// </summary>
internal static class MemleakFrame
{
    /// <summary>Reads one line; null when it is no frame.</summary>
    public static RawFrame? Read(ReadOnlySpan<byte> line, NameTable names)
    {
        line = line.Trim(" \t"u8);
        if (line.IsEmpty || line.SequenceEqual("stack information lost"u8) || line.SequenceEqual("???"u8)) return null;
        if (line.EndsWith(" [inlined]"u8)) return Inlined(line[..^" [inlined]".Length], names);
        var cursor = new ByteCursor(line);
        if (TryBlazesym(line, names) is { } frame) return frame;
        // The number of the frame, "0 [<…>]" or "#0 0x…".
        var numbered = cursor;
        numbered.TrySkip((byte)'#');
        if (numbered.TryInt(out _) && numbered.TrySkip(" "u8) && (numbered.Rest.StartsWith("[<"u8) || numbered.Rest.StartsWith("0x"u8))) cursor = numbered;
        var hasAddress = TryAddress(ref cursor, out var address);
        var text = cursor.Rest.Trim(" \t"u8);
        var symbol = Module(text, out var module, out var offset);
        var (function, functionOffset) = Symbol(symbol, names);
        // "(module+0x11a9)" is a better address than the process's, for it needs no mappings.
        var place = offset ?? address;
        return new RawFrame
        {
            Address = place,
            AddressKind = offset is not null ? FrameAddressKind.InModule : hasAddress ? FrameAddressKind.Absolute : FrameAddressKind.None,
            Module = module.IsEmpty || module.SequenceEqual("unknown"u8) ? null : names.Get(module),
            Function = function,
            FunctionOffset = functionOffset,
        };
    }

    /// <summary>Puts what was inlined before the function that holds it: a callchain is leaf first.</summary>
    public static void InlinedFirst(List<RawFrame> frames)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            var inlined = 0;
            while (i + inlined + 1 < frames.Count && frames[i + inlined + 1].Inlined) inlined++;
            if (inlined > 0 && !frames[i].Inlined) frames.Reverse(i, inlined + 1);
            i += inlined;
        }
    }

    private static bool TryAddress(ref ByteCursor cursor, out ulong address)
    {
        var start = cursor;
        address = 0;
        if (cursor.TrySkip("[<"u8) ? cursor.TryHex(out address) && cursor.TrySkip(">]"u8) : cursor.TrySkip("0x"u8) && cursor.TryHex(out address) && (cursor.IsAtEnd || ByteCursor.IsBlank(cursor.Next))) return true;
        cursor = start;
        return false;
    }

    // "000055b2a1c3d1a9: main @ 0x1180+0x29 /src/leak.c:12", "000055b2a1c3d1a9: <no-symbol>"
    private static RawFrame? TryBlazesym(ReadOnlySpan<byte> line, NameTable names)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TryHex(out var address) || !cursor.TrySkip(": "u8)) return null;
        var frame = new RawFrame { Address = address, AddressKind = FrameAddressKind.Absolute };
        var at = cursor.Rest.LastIndexOf(" @ 0x"u8);
        if (at < 0) return frame;
        var place = new ByteCursor(cursor.Rest[(at + 5)..]);
        if (!place.TryHex(out _) || !place.TrySkip("+0x"u8) || !place.TryHex(out var offset)) return frame;
        var (file, number) = SourceLine.Read(place.Rest, names);
        return frame with { Function = names.Get(cursor.Rest[..at]), FunctionOffset = offset, File = file, Line = number };
    }

    private static RawFrame Inlined(ReadOnlySpan<byte> text, NameTable names)
    {
        var blank = text.LastIndexOf((byte)' ');
        var (file, number) = blank < 0 ? (null, null) : SourceLine.Read(text[(blank + 1)..], names);
        if (number is null) (file, blank) = (null, text.Length);
        return new RawFrame { Function = names.Get(text[..blank]), File = file, Line = number, Inlined = true };
    }

    // "main+0x6d [allocs]", "main+0x29 (/opt/app/leak+0x11a9)"
    private static ReadOnlySpan<byte> Module(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> module, out ulong? offset)
    {
        module = default;
        offset = null;
        if (text.EndsWith("]"u8) && text.LastIndexOf((byte)'[') is >= 0 and var open && (open == 0 || text[open - 1] == ' '))
        {
            module = text[(open + 1)..^1];
            return text[..open].TrimEnd(" \t"u8);
        }
        if (text.EndsWith(")"u8) && text.LastIndexOf("+0x"u8) is > 0 and var plus && text.LastIndexOf(" ("u8) is > 0 and var bracket && bracket < plus)
        {
            var cursor = new ByteCursor(text[(plus + 3)..^1]);
            if (cursor.TryHex(out var inModule) && cursor.IsAtEnd)
            {
                module = text[(bracket + 2)..plus];
                offset = inModule;
                return text[..bracket].TrimEnd(" \t"u8);
            }
        }
        return text;
    }

    private static (string? Function, ulong? Offset) Symbol(ReadOnlySpan<byte> text, NameTable names)
    {
        if (text.IsEmpty || text.SequenceEqual("[unknown]"u8) || text.SequenceEqual("<null sym>"u8)) return (null, null);
        var plus = text.LastIndexOf("+0x"u8);
        if (plus > 0)
        {
            var cursor = new ByteCursor(text[(plus + 3)..]);
            if (cursor.TryHex(out var offset) && cursor.IsAtEnd) return (names.Get(text[..plus]), offset);
        }
        return (names.Get(text), null);
    }
}
