using System.Diagnostics.CodeAnalysis;

namespace MemScope.Symbols.Elf;

/// <summary>
/// An ELF file: identity, segments, sections and, on demand, symbols. The bytes are hostile: every offset and count is checked and capped, nothing of them is
/// trusted and no input makes a method throw.
/// <code>
/// if (!ElfFile.TryRead(stream, out var elf, out var problem)) return problem.Text;
/// var link = elf.LinkAddressOf(fileOffset);
/// var name = link is null ? null : elf.Symbols.Lookup(link.Value)?.Name;
/// </code>
/// </summary>
/// <remarks>Format: elf(5), /usr/include/elf.h; notes on what occurs in practice: docs/formats/elf.md.</remarks>
public sealed partial class ElfFile
{
    private readonly ElfBytes _bytes;
    private readonly ElfHeader _header;
    private readonly ElfSegment[] _segments;
    private readonly ElfSection[] _sections;
    private readonly Lazy<SymbolTable> _symbols;

    internal ElfFile(ElfBytes bytes, ElfLimits limits, in ElfHeader header, ElfSegment[] segments, ElfSection[] sections)
    {
        (_bytes, Limits, _header, _segments, _sections) = (bytes, limits, header, segments, sections);
        BuildId = ElfNotes.FindBuildId(bytes, header.Identity, limits, segments, sections);
        DebugLink = ContentOf(".gnu_debuglink", limits.SymbolNameBytes) is { } link ? ElfDebugLink.Read(link.Span, header.Identity) : null;
        AlternateLink = ContentOf(".gnu_debugaltlink", limits.SymbolNameBytes) is { } other ? ElfAlternateLink.Read(other.Span) : null;
        Kind = FindKind();
        Notes = AlternateLink is null ? [] : [AlternateNote(AlternateLink)];
        _symbols = new Lazy<SymbolTable>(() => SymbolTable.Read(this));
    }

    /// <summary>Whether words and addresses have 64 bits.</summary>
    public bool Is64 => _header.Identity.Is64;

    /// <summary>Byte order of the file.</summary>
    public bool IsBigEndian => _header.Identity.IsBigEndian;

    /// <summary>e_machine by name: <c>x86_64</c>, <c>aarch64</c> …</summary>
    public string MachineName => ElfMachines.Name(_header.Machine);

    /// <summary>What it is good for.</summary>
    public ElfKind Kind { get; }

    /// <summary>Link address of the entry point.</summary>
    public ulong EntryPoint => _header.Entry;

    /// <summary>Bytes of the file.</summary>
    public ulong Length => _bytes.Length;

    /// <summary>All section headers.</summary>
    public IReadOnlyList<ElfSection> Sections => _sections;

    /// <summary>Its build id, or null.</summary>
    public BuildId? BuildId { get; }

    /// <summary>Where its debug information went, or null.</summary>
    public ElfDebugLink? DebugLink { get; }

    /// <summary>Where dwz moved shared debug information, or null.</summary>
    public ElfAlternateLink? AlternateLink { get; }

    /// <summary>Whether the full symbol table is there.</summary>
    public bool HasSymtab => HasContent(ElfSectionType.Symtab);

    /// <summary>Whether the symbols for dynamic linking are there.</summary>
    public bool HasDynsym => HasContent(ElfSectionType.Dynsym);

    /// <summary>Whether there is DWARF debug information.</summary>
    public bool HasDwarf => HasContent(".debug_info") || HasContent(".zdebug_info");

    /// <summary>Whether there are DWARF line tables.</summary>
    public bool HasLines => HasContent(".debug_line") || HasContent(".zdebug_line");

    /// <summary>Whether an xz-compressed symbol table (MiniDebugInfo) is there.</summary>
    public bool HasMiniDebugInfo => HasContent(".gnu_debugdata");

    /// <summary>What a person should know about it: sentences, empty as a rule.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The functions, read at the first use; see <see cref="SymbolTable.Read"/>.</summary>
    public SymbolTable Symbols => _symbols.Value;

    /// <summary>How its lines are packed where only new builds of the tools unpack that, or only old ones; null as a rule.</summary>
    internal string? RarelyPackedLines
    {
        get
        {
            foreach (var section in _sections)
            {
                if (section.Name is ".zdebug_line") return "the old zlib form (.zdebug)";
                if (section.Name is not ".debug_line" || !section.IsCompressed || !_bytes.TryRead(section.FileOffset, Math.Min(section.Size, 4), out var type) || type.Length < 4) continue;
                return new ElfFields(type.Span, Identity).U32(0) == ElfCompression.Zlib ? null : "zstd";
            }
            return null;
        }
    }

    internal ElfLimits Limits { get; }

    internal ElfIdentity Identity => _header.Identity;

    internal ushort Machine => _header.Machine;

    /// <summary>Reads a file that lies in memory (or is mapped into it). <paramref name="bytes"/> must not change afterwards.</summary>
    public static bool TryRead(
        ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ElfFile? elf, [NotNullWhen(false)] out ElfProblem? problem, ElfLimits? limits = null) =>
        TryRead(new ElfBytes(bytes), limits, out elf, out problem);

    /// <summary>Reads a seekable stream: headers now, symbols at their first use; it must stay open until then and belongs to the reader.</summary>
    /// <exception cref="IOException">The stream itself failed.</exception>
    public static bool TryRead(
        Stream stream, [NotNullWhen(true)] out ElfFile? elf, [NotNullWhen(false)] out ElfProblem? problem, ElfLimits? limits = null) =>
        TryRead(new ElfBytes(stream), limits, out elf, out problem);

    /// <summary>Content of the first section of that name, or null when it is missing, empty or longer than <paramref name="most"/> bytes.</summary>
    internal ReadOnlyMemory<byte>? ContentOf(string name, int most)
    {
        foreach (var section in _sections)
        {
            if (section.HasContent && string.Equals(section.Name, name, StringComparison.Ordinal)) return ContentOf(section, most);
        }
        return null;
    }

    /// <summary>Content of a section, unpacked where it is compressed; null when it has none, more than <paramref name="most"/> bytes, or is damaged.</summary>
    internal ReadOnlyMemory<byte>? ContentOf(in ElfSection section, int most) => ContentOf(section, most, out _);

    /// <inheritdoc cref="ContentOf(in ElfSection, int)"/>
    /// <param name="section">The section.</param>
    /// <param name="most">Bytes that it may have, also when unpacked.</param>
    /// <param name="reason">Why a compressed one cannot be read, as a sentence; null otherwise.</param>
    internal ReadOnlyMemory<byte>? ContentOf(in ElfSection section, int most, out string? reason)
    {
        reason = null;
        if (!section.HasContent || section.Size > (ulong)most || !_bytes.TryRead(section.FileOffset, section.Size, out var content)) return null;
        return section.IsCompressed ? ElfCompression.Unpack(content, Identity, most, Limits, out reason) : content;
    }

    /// <summary>Whether a debug file with that checksum (<see cref="Crc32"/>) is the one that was split from this file; null when this file names none.</summary>
    public bool? MatchesDebugLink(uint crc) => DebugLink is { } link ? link.Crc32 == crc : null;

    private static string AlternateNote(ElfAlternateLink link) =>
        $"dwz moved a part of its debug information to another file (build id {link.BuildId}), which is not here: names of inlined functions and of source files may be missing.";

    private static bool TryRead(ElfBytes bytes, ElfLimits? limits, [NotNullWhen(true)] out ElfFile? elf, [NotNullWhen(false)] out ElfProblem? problem)
    {
        problem = new ElfReader(bytes, limits ?? ElfLimits.Default).Read(out elf);
        return problem is null && elf is not null;
    }

    private bool HasContent(ElfSectionType type) => _sections.Any(s => s.Type == type && s.HasContent);

    private bool HasContent(string name) => _sections.Any(s => s.HasContent && string.Equals(s.Name, name, StringComparison.Ordinal));
}
