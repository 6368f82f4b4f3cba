using System.IO.Compression;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Tests.Elf;

namespace MemScope.Symbols.Tests.Hostile;

/// <summary>Writes debug files by hand (DWARF 4, 64-bit, little-endian) that a compiler would never write. Code: a function <c>f</c> at 0x1000.</summary>
internal static class HostileDwarf
{
    /// <summary>An address in the function.</summary>
    public const ulong Address = 0x1010;

    private const ulong Code = 0x1000;
    private const byte CompileUnit = 0x11, Subprogram = 0x2e, Inlined = 0x1d; // DW_TAG_*
    private const byte Origin = 0x31, LowPc = 0x11, HighPc = 0x12, Name = 0x03, Directory = 0x1b, Lines = 0x10; // DW_AT_*
    private const byte Addr = 0x01, Data1 = 0x0b, Data4 = 0x06, Ref4 = 0x13, Text = 0x08, SectionOffset = 0x17; // DW_FORM_*

    // 1: unit, 2: function, 3: inlined call with children.
    private static readonly byte[] Abbreviations =
    [
        1, CompileUnit, 1, Name, Text, Directory, Text, Lines, SectionOffset, LowPc, Addr, HighPc, Data4, 0, 0,
        2, Subprogram, 1, Origin, Ref4, LowPc, Addr, HighPc, Data4, 0, 0,
        3, Inlined, 1, Origin, Ref4, LowPc, Addr, HighPc, Data1, 0, 0,
        0,
    ];

    /// <summary>Functions and inlined calls whose abstract origin is themselves, or each other.</summary>
    public static byte[] SelfReferences()
    {
        var body = new List<byte>();
        var function = UnitHeaderBytes + Unit("a.c", "/src").Length;
        body.AddRange([2, .. U32((uint)function), .. U64(Code), .. U32(0x100)]);
        var inlined = function + body.Count;
        body.AddRange([3, .. U32((uint)inlined), .. U64(Code), 0x80]);
        var (first, second) = (function + body.Count, function + body.Count + 14);
        body.AddRange([3, .. U32((uint)second), .. U64(Code), 0x70, 3, .. U32((uint)first), .. U64(Code), 0x60]);
        body.AddRange(new byte[8]);
        return File([.. body], Rows([1]));
    }

    /// <summary>Inlined calls nested so deep.</summary>
    public static byte[] InlineDepth(int depth)
    {
        var function = (uint)(UnitHeaderBytes + Unit("a.c", "/src").Length);
        var body = new MemoryStream();
        body.Write([2, .. U32(function), .. U64(Code), .. U32(0x100)]);
        byte[] level = [3, .. U32(function), .. U64(Code), 0x80];
        for (var i = 0; i < depth; i++) body.Write(level);
        body.Write(new byte[depth + 4]);
        return File(body.ToArray(), Rows([1]));
    }

    /// <summary>A table of so many lines, packed by zlib to a thousandth.</summary>
    public static byte[] LineRows(long rows)
    {
        var header = Rows([]);
        var length = header.Length - 4 + rows;
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            // 64-bit DWARF has room for its length.
            zlib.Write([0xff, 0xff, 0xff, 0xff, .. U64((ulong)(length + 4)), .. header.AsSpan(4, 2), .. U64(BitConverter.ToUInt32(header, 6)), .. header.AsSpan(10)]);
            var block = Enumerable.Repeat((byte)0x4b, 1 << 20).ToArray(); // a special opcode: the next row
            for (var left = rows; left > 0; left -= block.Length) zlib.Write(block.AsSpan(0, (int)Math.Min(left, block.Length)));
        }
        var function = (uint)(UnitHeaderBytes + Unit("a.c", "/src").Length);
        var file = File([2, .. U32(function), .. U64(Code), .. U32(0x100), 0, 0, 0], Rows([1]));
        return ElfEdit.Replace(file, Section(file, ".debug_line"), ElfEdit.Compressed(1, (ulong)(length + 16), packed.ToArray()), ElfCompression.CompressedFlag);
    }

    /// <summary>Many units, each with a table of many abbreviations of one and the same number.</summary>
    public static byte[] Abbreviated(int units, int abbreviations)
    {
        var table = new MemoryStream();
        for (var i = 0; i < abbreviations; i++) table.Write([1, CompileUnit, 0, Name, Text, 0, 0]);
        table.WriteByte(0);
        var info = new MemoryStream();
        for (var i = 0; i < units; i++)
        {
            byte[] entry = [1, (byte)'u', 0, 0];
            info.Write([.. U32((uint)(7 + entry.Length)), 4, 0, .. U32((uint)(7 * (i % abbreviations))), 8, .. entry]);
        }
        return With(info.ToArray(), table.ToArray(), Rows([1]));
    }

    /// <summary>A unit of a source file whose folder and name are such.</summary>
    public static byte[] Source(string folder, string name)
    {
        var function = (uint)(UnitHeaderBytes + Unit(name, folder).Length);
        return File([2, .. U32(function), .. U64(Code), .. U32(0x100), 0, 0, 0], Rows([1], name), name, folder);
    }

    private const int UnitHeaderBytes = 11;

    private static byte[] File(byte[] body, byte[] lines, string name = "a.c", string folder = "/src")
    {
        var unit = Unit(name, folder);
        byte[] info = [.. U32((uint)(UnitHeaderBytes - 4 + unit.Length + body.Length)), 4, 0, .. U32(0), 8, .. unit, .. body];
        return With(info, Abbreviations, lines);
    }

    private static byte[] With(byte[] info, byte[] abbreviations, byte[] lines)
    {
        var image = new ElfImage();
        image.Functions.Add(("f", Code, 0x100));
        var file = ElfEdit.AddSection(image.Write(), ".debug_info", 1, 0, info);
        return ElfEdit.AddSection(ElfEdit.AddSection(file, ".debug_abbrev", 1, 0, abbreviations), ".debug_line", 1, 0, lines);
    }

    private static byte[] Unit(string name, string folder) =>
        [1, .. System.Text.Encoding.UTF8.GetBytes(name), 0, .. System.Text.Encoding.UTF8.GetBytes(folder), 0, .. U32(0), .. U64(Code), .. U32(0x100)];

    /// <summary>A line table: set the address, then these opcodes, then the end at 0x1100.</summary>
    private static byte[] Rows(byte[] opcodes, string name = "a.c")
    {
        byte[] files = [0, .. System.Text.Encoding.UTF8.GetBytes(name), 0, 0, 0, 0, 0];
        byte[] header = [1, 1, 1, unchecked((byte)-5), 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, .. files];
        byte[] program = opcodes.Length == 0 ? [0, 9, 2, .. U64(Code)] : [0, 9, 2, .. U64(Code), .. opcodes, 2, 0x80, 2, 0, 1, 1];
        return [.. U32((uint)(6 + header.Length + program.Length)), 4, 0, .. U32((uint)header.Length), .. header, .. program];
    }

    private static int Section(byte[] elf, string name)
    {
        Assert.True(ElfFile.TryRead(elf, out var file, out var problem), problem?.Text);
        return Enumerable.Range(0, file.Sections.Count).Single(i => file.Sections[i].Name == name);
    }

    private static byte[] U32(uint value) => BitConverter.GetBytes(value);

    private static byte[] U64(ulong value) => BitConverter.GetBytes(value);
}
