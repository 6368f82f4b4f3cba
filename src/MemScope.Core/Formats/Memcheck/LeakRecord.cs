using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Memcheck;

/// <summary>The four kinds of leak and what is suppressed, in the words of LEAK SUMMARY.</summary>
internal static class LeakKinds
{
    /// <summary>Reached only through blocks that are lost.</summary>
    public const string Indirect = "indirectly lost";

    /// <summary>All, in the order of the summary.</summary>
    public static IReadOnlyList<string> All { get; } = ["definitely lost", Indirect, "possibly lost", "still reachable", "suppressed"];

    /// <summary>The kind that a text names, or null.</summary>
    public static string? Of(ReadOnlySpan<byte> text)
    {
        foreach (var kind in All)
            if (System.Text.Ascii.Equals(text, kind)) return kind;
        return null;
    }
}

/// <summary>
/// The head of a leak (valgrind's memcheck/mc_leakcheck.c and mc_errors.c), in text and in XML. A leak check that is repeated says in brackets what came since the one before:
/// <code>
/// 1,000,000 bytes in 10 blocks are definitely lost in loss record 3 of 3
/// 1,891,082 (14,976 direct, 1,876,106 indirect) bytes in 234 blocks are definitely lost in loss record 3 of 3
/// 2,468 (+1,234) bytes in 2 (+1) blocks are possibly lost in new loss record 1 of 3
/// </code>
/// </summary>
internal readonly record struct LeakRecord
{
    /// <summary>One of <see cref="LeakKinds"/>.</summary>
    public string Kind { get; private init; }

    /// <summary>Bytes of the blocks themselves.</summary>
    public long Bytes { get; private init; }

    /// <summary>The blocks themselves.</summary>
    public long Blocks { get; private init; }

    /// <summary>Bytes of blocks that are lost with them; they are among the indirectly lost ones.</summary>
    public long IndirectBytes { get; private init; }

    /// <summary>A leak whose head is not understood, by its fields in XML.</summary>
    public static LeakRecord Of(string kind, long bytes, long blocks) => new() { Kind = kind, Bytes = bytes, Blocks = blocks };

    /// <summary>Reads a head; false when the text is none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out LeakRecord record)
    {
        record = default;
        var cursor = new ByteCursor(text);
        if (!TryCount(ref cursor, out var bytes)) return false;
        var indirect = 0L;
        if (cursor.TrySkip(" ("u8)
            && !(TryCount(ref cursor, out bytes) && cursor.TrySkip(" direct, "u8) && TryCount(ref cursor, out indirect) && cursor.TrySkip(" indirect)"u8))) return false;
        if (!cursor.TrySkip(" bytes in "u8) || !TryCount(ref cursor, out var blocks) || !cursor.TrySkip(" blocks are "u8)) return false;
        var end = cursor.Rest.IndexOf(" in "u8);
        if (end < 0 || cursor.Rest[end..].IndexOf("loss record"u8) < 0 || LeakKinds.Of(cursor.Rest[..end]) is not { } kind) return false;
        record = new LeakRecord { Kind = kind, Bytes = bytes, Blocks = blocks, IndirectBytes = indirect };
        return true;
    }

    /// <summary><c>1,000,000</c>, and behind it <c> (+1,234)</c>, which is passed over.</summary>
    public static bool TryCount(ref ByteCursor cursor, out long value)
    {
        if (!TryThousands(ref cursor, out value)) return false;
        var behind = cursor;
        if ((behind.TrySkip(" (+"u8) || behind.TrySkip(" (-"u8)) && TryThousands(ref behind, out _) && behind.TrySkip(")"u8)) cursor = behind;
        return true;
    }

    private static bool TryThousands(ref ByteCursor cursor, out long value)
    {
        value = 0;
        if (cursor.Next is < (byte)'0' or > (byte)'9') return false;
        for (; cursor.Next is >= (byte)'0' and <= (byte)'9' or (byte)','; cursor.Skip(1))
        {
            if (cursor.Next == ',') continue;
            if (value > (long.MaxValue - 9) / 10) return false;
            value = (value * 10) + cursor.Next - '0';
        }
        return true;
    }
}
