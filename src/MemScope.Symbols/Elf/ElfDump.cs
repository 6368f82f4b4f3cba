using System.Globalization;
using System.Text;

namespace MemScope.Symbols.Elf;

/// <summary>A short text of what was read from an ELF file, in the manner of readelf: for people and as the golden files of the tests.</summary>
public static class ElfDump
{
    /// <summary>Writes it; lines end in <c>\n</c>, names are clipped to printable ASCII.</summary>
    public static void Write(ElfFile elf, TextWriter writer)
    {
        void Line(FormattableString text) => writer.Write(text.ToString(CultureInfo.InvariantCulture) + "\n");
        Line($"{elf.Kind.Slug()} {(elf.Is64 ? 64 : 32)}-bit {(elf.IsBigEndian ? "big" : "little")}-endian {elf.MachineName}, {elf.Length} bytes, entry 0x{elf.EntryPoint:x}");
        Line($"build id {(elf.BuildId is { } id ? id.Hex : "-")}");
        Line($"debug link {(elf.DebugLink is { } link ? $"{Printable(link.Name)} crc 0x{link.Crc32:x8}" : "-")}");
        if (elf.AlternateLink is { } other) Line($"alternate link {Printable(other.Path)} {other.BuildId}");
        Line($"has{(elf.HasSymtab ? " symtab" : "")}{(elf.HasDynsym ? " dynsym" : "")}{(elf.HasDwarf ? " dwarf" : "")}{(elf.HasLines ? " lines" : "")}");
        foreach (var s in elf.LoadSegments)
            Line($"load {Flags(s)} file 0x{s.FileOffset:x}+0x{s.FileBytes:x} link 0x{s.LinkAddress:x}+0x{s.MemoryBytes:x} align 0x{s.Alignment:x}");
        for (var i = 0; i < elf.Sections.Count; i++)
        {
            var s = elf.Sections[i];
            Line($"section {i} {Printable(s.Name)} {s.Type} file 0x{s.FileOffset:x} link 0x{s.LinkAddress:x} size 0x{s.Size:x} flags 0x{s.Flags:x}");
        }
        Line($"symbols {elf.Symbols.Count} from {elf.Symbols.Source}");
        foreach (var s in elf.Symbols.All()) Line($"{s.Address:x16} {s.Size,6:x} {s.Binding,-6} {Printable(s.Name)}");
        foreach (var note in elf.Symbols.Notes) Line($"note: {note}");
    }

    private static string Flags(in ElfSegment s) => $"{((s.Flags & 4) != 0 ? 'r' : '-')}{((s.Flags & 2) != 0 ? 'w' : '-')}{(s.IsExecutable ? 'x' : '-')}";

    private static string Printable(string text)
    {
        const int most = 200;
        var printable = new StringBuilder(Math.Min(text.Length, most));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, most))) printable.Append(c is > ' ' and < '\x7f' ? c : '?');
        return text.Length > most ? printable.Append('…').ToString() : printable.ToString();
    }
}
