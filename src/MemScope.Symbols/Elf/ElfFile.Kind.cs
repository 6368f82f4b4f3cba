namespace MemScope.Symbols.Elf;

public sealed partial class ElfFile
{
    private const int SharedObjectNameTag = 14; // DT_SONAME
    private const int Flags1Tag = 0x6ffffffb; // DT_FLAGS_1
    private const ulong PositionIndependentProgram = 0x08000000; // DF_1_PIE

    private ElfKind FindKind() => _header.Type switch
    {
        1 => ElfKind.Relocatable,
        2 or 3 when IsDebugOnly() => ElfKind.Debug,
        2 => ElfKind.Executable,
        3 => IsProgram() ? ElfKind.Executable : ElfKind.SharedObject,
        4 => ElfKind.Core,
        _ => ElfKind.Other,
    };

    /// <summary>Whether there is code, and none of it has bytes in the file (objcopy --only-keep-debug, eu-strip -f).</summary>
    private bool IsDebugOnly()
    {
        var code = false;
        foreach (var section in _sections)
        {
            if (!section.IsExecutable || !section.IsAllocated || section.Size == 0) continue;
            if (section.Type != ElfSectionType.Nobits) return false;
            code = true;
        }
        return code;
    }

    /// <summary>
    /// Programs have the type of shared objects when they are position-independent. Their linker marks them since binutils 2.26; before, only the interpreter
    /// tells, which a library that can be started (libc) has as well, but with a name of its own.
    /// </summary>
    private bool IsProgram()
    {
        var named = false;
        foreach (var (tag, value) in DynamicEntries())
        {
            if (tag == Flags1Tag && (value & PositionIndependentProgram) != 0) return true;
            named |= tag == SharedObjectNameTag;
        }
        return !named && _segments.Any(s => s.Type == ElfSegmentType.Interpreter);
    }

    private List<(ulong Tag, ulong Value)> DynamicEntries()
    {
        var entries = new List<(ulong, ulong)>();
        foreach (var segment in _segments)
        {
            if (segment.Type != ElfSegmentType.Dynamic || segment.FileBytes > (ulong)Limits.DynamicBytes) continue;
            if (!_bytes.TryRead(segment.FileOffset, segment.FileBytes, out var table)) continue;
            var size = Identity.DynamicEntryBytes;
            for (var at = 0; at + size <= table.Length; at += size)
            {
                var fields = new ElfFields(table.Span.Slice(at, size), Identity);
                if (fields.Word(0) == 0) break;
                entries.Add((fields.Word(0), fields.Word(size / 2)));
            }
            break;
        }
        return entries;
    }
}
