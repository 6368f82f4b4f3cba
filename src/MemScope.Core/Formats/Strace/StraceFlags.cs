using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Strace;

/// <summary>The numbers behind the names that strace prints for flags (include/uapi/asm-generic/mman-common.h, mman.h and linux/mman.h; x86-64).</summary>
internal static class StraceFlags
{
    /// <summary>clone(2): parent and child run in the same address space.</summary>
    public const ulong CloneVm = 0x100;

    /// <summary>clone(2): the child is a thread of the caller's process.</summary>
    public const ulong CloneThread = 0x10000;

    private const int HugeShift = 26;

    /// <summary>
    /// Value of <c>PROT_READ|PROT_WRITE</c>, <c>0x3</c>, <c>0x22 /* MAP_… */</c>, <c>MAP_HUGETLB|21&lt;&lt;MAP_HUGE_SHIFT</c>. False when a name is not known; its bits are then missing.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        var known = true;
        foreach (var range in text.Split((byte)'|'))
        {
            var part = text[range].Trim(" "u8);
            var comment = part.IndexOf("/*"u8);
            var cursor = new ByteCursor(part);
            if (cursor.TryNumber(out var number))
            {
                value |= cursor.TrySkip("<<MAP_HUGE_SHIFT"u8) ? number << HugeShift : number;
                if (comment >= 0) return known;
            }
            else if (ValueOf(part) is { } bits)
            {
                value |= bits;
            }
            else
            {
                known = false;
            }
        }
        return known;
    }

    private static ulong? ValueOf(ReadOnlySpan<byte> name)
    {
        if (name.StartsWith("MAP_"u8)) return MapFlag(name["MAP_"u8.Length..]);
        if (name.StartsWith("PROT_"u8)) return Protection(name["PROT_"u8.Length..]);
        if (name.StartsWith("MREMAP_"u8)) return MremapFlag(name["MREMAP_"u8.Length..]);
        if (name.StartsWith("MADV_"u8)) return Advice(name["MADV_"u8.Length..]);
        return null;
    }

    private static ulong? MapFlag(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("PRIVATE"u8) ? 0x2
        : name.SequenceEqual("ANONYMOUS"u8) ? 0x20
        : name.SequenceEqual("SHARED"u8) ? 0x1
        : name.SequenceEqual("FIXED"u8) ? 0x10
        : name.SequenceEqual("DENYWRITE"u8) ? 0x800
        : name.SequenceEqual("NORESERVE"u8) ? 0x4000
        : name.SequenceEqual("STACK"u8) ? 0x20000
        : name.SequenceEqual("FIXED_NOREPLACE"u8) ? 0x100000
        : name.SequenceEqual("POPULATE"u8) ? 0x8000
        : name.SequenceEqual("HUGETLB"u8) ? 0x40000
        : name.SequenceEqual("LOCKED"u8) ? 0x2000
        : name.SequenceEqual("SHARED_VALIDATE"u8) ? 0x3
        : name.SequenceEqual("DROPPABLE"u8) ? 0x8
        : name.SequenceEqual("32BIT"u8) ? 0x40
        : name.SequenceEqual("ABOVE4G"u8) ? 0x80
        : name.SequenceEqual("GROWSDOWN"u8) ? 0x100
        : name.SequenceEqual("EXECUTABLE"u8) ? 0x1000
        : name.SequenceEqual("NONBLOCK"u8) ? 0x10000
        : name.SequenceEqual("SYNC"u8) ? 0x80000
        : name.SequenceEqual("UNINITIALIZED"u8) ? 0x4000000
        : name.SequenceEqual("FILE"u8) ? 0
        : null;

    private static ulong? Protection(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("NONE"u8) ? 0x0
        : name.SequenceEqual("READ"u8) ? 0x1
        : name.SequenceEqual("WRITE"u8) ? 0x2
        : name.SequenceEqual("EXEC"u8) ? 0x4
        : name.SequenceEqual("SEM"u8) ? 0x8
        : name.SequenceEqual("GROWSDOWN"u8) ? 0x1000000
        : name.SequenceEqual("GROWSUP"u8) ? 0x2000000
        : null;

    private static ulong? MremapFlag(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("MAYMOVE"u8) ? 0x1
        : name.SequenceEqual("FIXED"u8) ? 0x2
        : name.SequenceEqual("DONTUNMAP"u8) ? 0x4
        : null;

    private static ulong? Advice(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("DONTNEED"u8) ? 4
        : name.SequenceEqual("FREE"u8) ? 8
        : name.SequenceEqual("NORMAL"u8) ? 0
        : name.SequenceEqual("RANDOM"u8) ? 1
        : name.SequenceEqual("SEQUENTIAL"u8) ? 2
        : name.SequenceEqual("WILLNEED"u8) ? 3
        : name.SequenceEqual("REMOVE"u8) ? 9
        : name.SequenceEqual("DONTFORK"u8) ? 10
        : name.SequenceEqual("DOFORK"u8) ? 11
        : name.SequenceEqual("MERGEABLE"u8) ? 12
        : name.SequenceEqual("UNMERGEABLE"u8) ? 13
        : name.SequenceEqual("HUGEPAGE"u8) ? 14
        : name.SequenceEqual("NOHUGEPAGE"u8) ? 15
        : name.SequenceEqual("DONTDUMP"u8) ? 16
        : name.SequenceEqual("DODUMP"u8) ? 17
        : name.SequenceEqual("WIPEONFORK"u8) ? 18
        : name.SequenceEqual("KEEPONFORK"u8) ? 19
        : name.SequenceEqual("COLD"u8) ? 20
        : name.SequenceEqual("PAGEOUT"u8) ? 21
        : name.SequenceEqual("POPULATE_READ"u8) ? 22
        : name.SequenceEqual("POPULATE_WRITE"u8) ? 23
        : name.SequenceEqual("DONTNEED_LOCKED"u8) ? 24
        : name.SequenceEqual("COLLAPSE"u8) ? 25
        : name.SequenceEqual("HWPOISON"u8) ? 100
        : name.SequenceEqual("SOFT_OFFLINE"u8) ? 101
        : name.SequenceEqual("GUARD_INSTALL"u8) ? 102
        : name.SequenceEqual("GUARD_REMOVE"u8) ? 103
        : null;
}
