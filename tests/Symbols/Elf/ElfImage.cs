using System.Buffers.Binary;
using System.Text;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>Writes small ELF files of any class and byte order: one segment of code, its section, a build id, symbols.</summary>
internal sealed class ElfImage
{
    public bool Is64 { get; init; } = true;

    public bool IsBigEndian { get; init; }

    public ushort Type { get; init; } = 3;

    public ushort Machine { get; init; } = 62;

    public byte[] Code { get; init; } = new byte[0x1000];

    public ulong CodeAt { get; init; } = 0x1000;

    public ulong CodeLink { get; init; } = 0x1000;

    public byte[]? Notes { get; init; }

    public ulong NoteAlignment { get; init; } = 4;

    /// <summary>Name, address and size of global functions.</summary>
    public List<(string Name, ulong Address, ulong Size)> Functions { get; } = [];

    /// <summary>Name, address, size, st_info and section of other symbols; section 1 is the code.</summary>
    public List<(string Name, ulong Address, ulong Size, byte Info, ushort Section)> Symbols { get; } = [];

    /// <summary>A GNU build-id note with a descriptor of that many bytes, padded to <paramref name="alignment"/>.</summary>
    public byte[] BuildIdNote(int bytes, int alignment = 4)
    {
        var note = new List<byte>();
        note.AddRange(U32(4));
        note.AddRange(U32((uint)bytes));
        note.AddRange(U32(3));
        note.AddRange("GNU\0"u8);
        while (note.Count % alignment != 0) note.Add(0);
        note.AddRange(Enumerable.Range(1, bytes).Select(b => (byte)b));
        while (note.Count % alignment != 0) note.Add(0);
        return [.. note];
    }

    public ElfFile Read()
    {
        Assert.True(ElfFile.TryRead(Write(), out var elf, out var problem), problem?.Text);
        return elf;
    }

    public byte[] Write()
    {
        var (strings, symbols) = SymbolTable();
        var names = "\0.text\0.note.gnu.build-id\0.symtab\0.strtab\0.shstrtab\0"u8.ToArray();
        var body = new MemoryStream();
        body.Write(new byte[(int)CodeAt]);
        body.Write(Code);
        var notesAt = Append(body, Notes ?? []);
        var symbolsAt = Append(body, symbols);
        var stringsAt = Append(body, strings);
        var namesAt = Append(body, names);
        var sectionsAt = Append(body, []);
        foreach (var section in (byte[][])
        [
            Section(0, 0, 0, 0, 0, 0, 0, 0, 0),
            Section(1, 1, 6, CodeLink, CodeAt, (ulong)Code.Length, 0, 16, 0),
            Section(7, 7, 2, 0, notesAt, (ulong)(Notes?.Length ?? 0), 0, NoteAlignment, 0),
            Section(26, 2, 0, 0, symbolsAt, (ulong)symbols.Length, 4, 8, Is64 ? 24u : 16u),
            Section(34, 3, 0, 0, stringsAt, (ulong)strings.Length, 0, 1, 0),
            Section(42, 3, 0, 0, namesAt, (ulong)names.Length, 0, 1, 0),
        ])
        {
            body.Write(section);
        }
        var file = body.ToArray();
        Header(sectionsAt, 6).CopyTo(file, 0);
        Segment(1, 5, CodeAt, CodeLink, (ulong)Code.Length).CopyTo(file, Is64 ? 64 : 52);
        return file;
    }

    public byte[] U16(ushort value)
    {
        var bytes = new byte[2];
        if (IsBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        return bytes;
    }

    public byte[] U32(uint value)
    {
        var bytes = new byte[4];
        if (IsBigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public byte[] Word(ulong value)
    {
        if (!Is64) return U32((uint)value);
        var bytes = new byte[8];
        if (IsBigEndian) BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static ulong Append(MemoryStream body, byte[] part)
    {
        while (body.Length % 8 != 0) body.WriteByte(0);
        var at = (ulong)body.Length;
        body.Write(part);
        return at;
    }

    private byte[] Header(ulong sectionsAt, ushort sections) =>
    [
        0x7f, (byte)'E', (byte)'L', (byte)'F', (byte)(Is64 ? 2 : 1), (byte)(IsBigEndian ? 2 : 1), 1, .. new byte[9],
        .. U16(Type), .. U16(Machine), .. U32(1), .. Word(CodeLink), .. Word(Is64 ? 64u : 52u), .. Word(sectionsAt), .. U32(0),
        .. U16((ushort)(Is64 ? 64 : 52)), .. U16((ushort)(Is64 ? 56 : 32)), .. U16(1), .. U16((ushort)(Is64 ? 64 : 40)), .. U16(sections), .. U16((ushort)(sections - 1)),
    ];

    private byte[] Segment(uint type, uint flags, ulong offset, ulong address, ulong bytes) => Is64
        ? [.. U32(type), .. U32(flags), .. Word(offset), .. Word(address), .. Word(address), .. Word(bytes), .. Word(bytes), .. Word(0x1000)]
        : [.. U32(type), .. Word(offset), .. Word(address), .. Word(address), .. Word(bytes), .. Word(bytes), .. U32(flags), .. Word(0x1000)];

    private byte[] Section(uint name, uint type, ulong flags, ulong address, ulong offset, ulong size, uint link, ulong alignment, ulong entry) =>
        [.. U32(name), .. U32(type), .. Word(flags), .. Word(address), .. Word(offset), .. Word(size), .. U32(link), .. U32(0), .. Word(alignment), .. Word(entry)];

    private (byte[] Strings, byte[] Symbols) SymbolTable()
    {
        var strings = new MemoryStream();
        strings.WriteByte(0);
        var symbols = new MemoryStream();
        symbols.Write(new byte[Is64 ? 24 : 16]);
        foreach (var (name, address, size, info, section) in Functions.Select(f => (f.Name, f.Address, f.Size, (byte)0x12, (ushort)1)).Concat(Symbols))
        {
            var at = (uint)strings.Length;
            strings.Write(Encoding.UTF8.GetBytes(name));
            strings.WriteByte(0);
            symbols.Write(Is64
                ? [.. U32(at), info, 0, .. U16(section), .. Word(address), .. Word(size)]
                : [.. U32(at), .. Word(address), .. Word(size), info, 0, .. U16(section)]);
        }
        return (strings.ToArray(), symbols.ToArray());
    }
}
