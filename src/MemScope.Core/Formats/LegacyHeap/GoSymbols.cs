using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.LegacyHeap;

/// <summary>
/// The names that Go prints below a row (runtime/pprof, printStackRecord). The address is the one before the return address of the row; a function inlined into the next line's
/// shares its address. Leading functions of the runtime are left out by Go.
/// <code>
/// 5: 6400 [5: 6400] @ 0x6b17cf 0x6b1928 0x6b18f4 0x43ae92 0x46b181
/// #	0x6b17ce	main.leaky+0x2e		/tmp/m.go:19
/// #	0x43ae91	runtime.main+0x211	/usr/lib/go-1.19/src/runtime/proc.go:250
/// </code>
/// </summary>
internal sealed class GoSymbols
{
    private readonly Dictionary<ulong, List<RawFrame>> _frames = [];
    private ulong? _open;

    /// <summary>Begins the names of another row. What an address is called was said the first time.</summary>
    public void BeginRow() => _open = null;

    /// <summary>Takes a line that begins with <c>#</c> and a tab; false when it is no name.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line, NameTable names)
    {
        var cursor = new ByteCursor(line);
        if (!cursor.TrySkip("#\t0x"u8) || !cursor.TryHex(out var address)) return false;
        cursor.SkipBlanks();
        if (cursor.IsAtEnd) return true;
        if (_open != address)
        {
            _open = null;
            if (!_frames.TryAdd(address, [])) return true;
            _open = address;
        }
        _frames[address].Add(Read(cursor.Rest, names));
        return true;
    }

    /// <summary>The frames at a return address, innermost first, or null when it has no name.</summary>
    /// <param name="address">As in the row.</param>
    /// <param name="place">The frame without a name.</param>
    public IReadOnlyList<RawFrame>? FramesAt(ulong address, RawFrame place)
    {
        if (_frames.Count == 0 || (!_frames.TryGetValue(unchecked(address - 1), out var named) && !_frames.TryGetValue(address, out named))) return null;
        return [.. named.Select((f, i) => f with { Address = place.Address, AddressKind = place.AddressKind, Module = place.Module, Inlined = i < named.Count - 1 })];
    }

    // The file's name may hold blanks, a function's may not; tabs stand between them.
    private static RawFrame Read(ReadOnlySpan<byte> text, NameTable names)
    {
        var tab = text.IndexOf((byte)'\t');
        var function = tab < 0 ? text : text[..tab];
        var (file, line) = tab < 0 ? default : SourceLine.Read(text[tab..].Trim("\t "u8), names);
        var plus = function.LastIndexOf("+0x"u8);
        var offset = new ByteCursor(plus < 0 ? default : function[(plus + 3)..]);
        var hasOffset = offset.TryHex(out var distance) && offset.IsAtEnd;
        return new RawFrame { Function = names.Get(hasOffset ? function[..plus] : function), FunctionOffset = hasOffset ? distance : null, File = file, Line = line };
    }
}
