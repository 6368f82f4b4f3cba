using MemScope.Symbols.Elf;

namespace MemScope.Tests;

/// <summary>Damages ELF files where it hurts: headers, section headers, offsets, sizes, flags of compression, notes, string tables, symbols and debug information.</summary>
internal sealed class ElfMutator(int seed)
{
    private static readonly ulong[] Nasty =
        [0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1_0000_0000, long.MaxValue, ulong.MaxValue, ulong.MaxValue - 63];

    private readonly Random _random = new(seed);

    /// <summary>One to six changes, in debug information only or everywhere.</summary>
    public byte[] Mutate(byte[] original, bool onlyDebug)
    {
        var bytes = (byte[])original.Clone();
        if (!ElfFile.TryRead(original, out var elf, out _)) return bytes;
        var debug = elf.Sections.Where(s => s.HasContent && (s.Name.StartsWith(".debug_", StringComparison.Ordinal) || s.Name.StartsWith(".gnu_", StringComparison.Ordinal))).ToArray();
        var all = elf.Sections.Where(s => s.HasContent).ToArray();
        var headers = elf.Is64 ? BitConverter.ToUInt64(bytes, 40) : BitConverter.ToUInt32(bytes, 32);
        var headerBytes = elf.Is64 ? 64 : 40;
        for (var n = _random.Next(1, 7); n > 0; n--)
        {
            switch (onlyDebug && debug.Length > 0 ? _random.Next(2) : _random.Next(7))
            {
                case 0 when debug.Length > 0: Content(bytes, debug[_random.Next(debug.Length)]); break;
                case 1 when onlyDebug: HeaderOf(bytes, headers, headerBytes, Array.IndexOf([.. elf.Sections], debug[_random.Next(debug.Length)])); break;
                case 2: Put(bytes, _random.Next(4, 64)); break;
                case 3: Put(bytes, 64 + (56 * _random.Next(8)) + (8 * _random.Next(7))); break;
                case 4 when elf.Sections.Count > 0: HeaderOf(bytes, headers, headerBytes, _random.Next(elf.Sections.Count)); break;
                default: Content(bytes, all[_random.Next(all.Length)]); break;
            }
        }
        return bytes;
    }

    /// <summary>A field of a section header; sh_flags gets the mark of compression now and then.</summary>
    private void HeaderOf(byte[] bytes, ulong headers, int headerBytes, int section)
    {
        var at = (long)headers + (section * (long)headerBytes);
        if (section < 0 || at < 0 || at + headerBytes > bytes.Length) return;
        if (_random.Next(6) == 0) bytes[at + 9] |= 0x08;
        else Put(bytes, (int)at + (4 * _random.Next(headerBytes / 4)));
    }

    private void Content(byte[] bytes, in ElfSection section)
    {
        if (section.Size == 0 || section.FileOffset + section.Size > (ulong)bytes.Length) return;
        Put(bytes, (int)section.FileOffset + (int)_random.NextInt64((long)section.Size));
    }

    private void Put(byte[] bytes, int at)
    {
        if (at < 0 || at >= bytes.Length) return;
        if (_random.Next(2) == 0)
        {
            bytes[at] = (byte)_random.Next(256);
            return;
        }
        var value = BitConverter.GetBytes(Nasty[_random.Next(Nasty.Length)]).AsSpan(0, 1 << _random.Next(4));
        value[..Math.Min(value.Length, bytes.Length - at)].CopyTo(bytes.AsSpan(at));
    }
}
