using System.Buffers.Binary;
using System.Text;

namespace MemScope.Symbols.Elf;

/// <summary>Reads numbers of one structure in the file's byte order and word size. The caller has checked the length.</summary>
internal readonly ref struct ElfFields(ReadOnlySpan<byte> bytes, ElfIdentity identity)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public ushort U16(int at) =>
        identity.IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(_bytes[at..]);

    public uint U32(int at) =>
        identity.IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(_bytes[at..]);

    public ulong U64(int at) =>
        identity.IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(_bytes[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[at..]);

    /// <summary>An address, offset or size: 4 or 8 bytes by class.</summary>
    public ulong Word(int at) => identity.Is64 ? U64(at) : U32(at);

    /// <summary>A NUL-terminated string that begins at <paramref name="at"/>, cut at <paramref name="most"/> bytes or the table's end; empty when outside.</summary>
    public static ReadOnlySpan<byte> StringAt(ReadOnlySpan<byte> table, ulong at, int most)
    {
        if (at >= (ulong)table.Length) return default;
        var rest = table[(int)at..];
        if (rest.Length > most) rest = rest[..most];
        var end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    /// <summary>The text of a string from the file; bytes that are no UTF-8 become U+FFFD.</summary>
    public static string Text(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name);
}

/// <summary>Class and byte order of a file (e_ident).</summary>
internal readonly record struct ElfIdentity(bool Is64, bool IsBigEndian)
{
    public int HeaderBytes => Is64 ? 64 : 52;

    public int SegmentHeaderBytes => Is64 ? 56 : 32;

    public int SectionHeaderBytes => Is64 ? 64 : 40;

    public int SymbolBytes => Is64 ? 24 : 16;

    public int DynamicEntryBytes => Is64 ? 16 : 8;
}
