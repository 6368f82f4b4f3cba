using System.Buffers.Binary;
using System.Text;

namespace MemScope.Symbols.Tests.Elf;

/// <summary>Changes 64-bit little-endian ELF files as objcopy would, or as nobody should.</summary>
internal static class ElfEdit
{
    private const int HeaderBytes = 64;

    /// <summary>The file with one more section, its table of sections moved to the end.</summary>
    public static byte[] AddSection(byte[] elf, string name, uint type, ulong flags, byte[] content)
    {
        var (at, count, names) = Tables(elf);
        var headers = elf.AsSpan(at, count * HeaderBytes).ToArray().ToList();
        var oldNames = Content(elf, names);
        byte[] newNames = [.. oldNames, .. Encoding.UTF8.GetBytes(name), 0];
        var file = elf.ToList();
        var namesAt = Append(file, newNames);
        var contentAt = Append(file, content);
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)oldNames.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4), type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), flags);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), contentAt);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(32), content.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(48), 1);
        headers.AddRange(header);
        var headersAt = Append(file, [.. headers]);
        var result = file.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(headersAt + (names * HeaderBytes) + 24), namesAt);
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(headersAt + (names * HeaderBytes) + 32), newNames.Length);
        BinaryPrimitives.WriteInt64LittleEndian(result.AsSpan(40), headersAt);
        BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(60), (ushort)(count + 1));
        return result;
    }

    /// <summary>The file in which a section's content stands at the end and is another one, its flags with <paramref name="flags"/>.</summary>
    public static byte[] Replace(byte[] elf, int section, byte[] content, ulong flags = 0)
    {
        var file = elf.ToList();
        var contentAt = Append(file, content);
        var result = file.ToArray();
        var header = result.AsSpan(Tables(elf).At + (section * HeaderBytes), HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], BinaryPrimitives.ReadUInt64LittleEndian(header[8..]) | flags);
        BinaryPrimitives.WriteInt64LittleEndian(header[24..], contentAt);
        BinaryPrimitives.WriteInt64LittleEndian(header[32..], content.Length);
        return result;
    }

    /// <summary>The file whose sections of one type have another.</summary>
    public static byte[] Retype(byte[] elf, uint from, uint to)
    {
        var result = (byte[])elf.Clone();
        var (at, count, _) = Tables(elf);
        for (var i = 0; i < count; i++)
        {
            var type = result.AsSpan(at + (i * HeaderBytes) + 4, 4);
            if (BinaryPrimitives.ReadUInt32LittleEndian(type) == from) BinaryPrimitives.WriteUInt32LittleEndian(type, to);
        }
        return result;
    }

    /// <summary>The bytes of a section.</summary>
    public static byte[] Content(byte[] elf, int section)
    {
        var header = elf.AsSpan(Tables(elf).At + (section * HeaderBytes), HeaderBytes);
        return elf.AsSpan((int)BinaryPrimitives.ReadInt64LittleEndian(header[24..]), (int)BinaryPrimitives.ReadInt64LittleEndian(header[32..])).ToArray();
    }

    /// <summary>Elf64_Chdr before a packed content.</summary>
    public static byte[] Compressed(uint type, ulong plainBytes, byte[] packed)
    {
        var header = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), plainBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(16), 1);
        return [.. header, .. packed];
    }

    private static (int At, int Count, int Names) Tables(byte[] elf) =>
        ((int)BinaryPrimitives.ReadInt64LittleEndian(elf.AsSpan(40)), BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(60)), BinaryPrimitives.ReadUInt16LittleEndian(elf.AsSpan(62)));

    private static int Append(List<byte> file, byte[] part)
    {
        while (file.Count % 8 != 0) file.Add(0);
        var at = file.Count;
        file.AddRange(part);
        return at;
    }
}
