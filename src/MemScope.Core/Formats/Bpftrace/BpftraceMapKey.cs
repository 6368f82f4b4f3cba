using MemScope.Core.Formats.Text;
using MemScope.Core.Formats.Traces;

namespace MemScope.Core.Formats.Bpftrace;

/// <summary>
/// The key and the value of one entry of a map. A stack in a key stands on lines of its own, and other parts before or behind it:
/// <code>
/// @bytes[                          @sizes[maps,                                       @stacks[]: 26198      the stack was lost
///     __mmap64+19                      __mmap64+19
///     store+49                         store+49
/// , maps]: 36864                   ]: count 30, average 8192, total 245760
/// </code>
/// In JSON the same is one string: <c>"\n    __mmap64+19\n    store+49\n,maps"</c>.
/// </summary>
internal sealed class BpftraceMapKey
{
    private readonly StackLines _stack = new();
    private readonly StackLines _others = new();
    private readonly StackLines _name = new();

    /// <summary>The map's name with its @.</summary>
    public ReadOnlySpan<byte> Name => _name.Bytes.TrimEnd((byte)'\n');

    /// <summary>Lines of the stack.</summary>
    public ReadOnlySpan<byte> Stack => _stack.Bytes;

    /// <summary>The other parts of the key, separated by ", ".</summary>
    public ReadOnlySpan<byte> Others => Parts(_others.Bytes.TrimEnd((byte)'\n'));

    /// <summary>Begins with what stands behind the bracket on its line.</summary>
    public void Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> first)
    {
        _name.Clear();
        _stack.Clear();
        _others.Clear();
        _name.Add(name);
        AddOther(first);
    }

    /// <summary>Adds a frame's line.</summary>
    public void AddFrame(ReadOnlySpan<byte> line) => _stack.Add(line);

    /// <summary>Adds another part of the key.</summary>
    public void AddOther(ReadOnlySpan<byte> text)
    {
        text = Parts(text);
        if (!text.IsEmpty) _others.Add(text);
    }

    /// <summary>Takes a key as JSON has it, unescaped.</summary>
    public void Begin(ReadOnlySpan<byte> name, ReadOnlySpan<byte> key, out bool hasStack)
    {
        Begin(name, default(ReadOnlySpan<byte>));
        hasStack = key.IsEmpty;
        var lines = new LineReader(key);
        while (lines.Next())
        {
            if (lines.Line is [(byte)' ' or (byte)'\t', ..]) AddFrame(lines.Line);
            else AddOther(lines.Line);
            hasStack |= lines.Line is [(byte)' ' or (byte)'\t', ..] || lines.Line is [(byte)',', ..];
        }
    }

    /// <summary>Reads the value of an entry: a number, or stats() as count and total. False for histograms, tuples and text.</summary>
    public static bool TryValue(ReadOnlySpan<byte> text, out long value, out long? count)
    {
        (value, count) = (0, null);
        var cursor = new ByteCursor(text.Trim(" "u8));
        if (cursor.TrySkip("count "u8))
        {
            if (!cursor.TryDecimal(out var counted) || counted > long.MaxValue) return false;
            var total = cursor.Rest.LastIndexOf("total "u8);
            if (total < 0) return false;
            cursor.Skip(total + "total "u8.Length);
            count = (long)counted;
        }
        if (!cursor.TryNumber(out var number) || !cursor.IsAtEnd) return false;
        value = unchecked((long)number);
        return true;
    }

    private static ReadOnlySpan<byte> Parts(ReadOnlySpan<byte> text) => text.Trim(" ,"u8);
}
