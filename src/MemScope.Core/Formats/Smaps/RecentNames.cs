using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;

namespace MemScope.Core.Formats.Smaps;

/// <summary>The names and VmFlags that were met last, by a hash that takes a few of their bytes: a smaps repeats some dozens of them thousands of times.</summary>
internal sealed class RecentNames(NameTable names)
{
    private const int Slots = 1024;
    private readonly byte[]?[] _bytes = new byte[Slots][];
    private readonly string[] _texts = new string[Slots];

    /// <summary>The text of <paramref name="name"/>, as <see cref="NameTable.Get"/> gives it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public string Get(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty) return "";
        var slot = Hash(name);
        return _bytes[slot] is { } known && name.SequenceEqual(known) ? _texts[slot] : Add(name, slot);
    }

    private string Add(ReadOnlySpan<byte> name, int slot)
    {
        _bytes[slot] = name.ToArray();
        return _texts[slot] = names.Get(name);
    }

    /// <summary>Of the length, the last eight bytes, and eight in the middle: paths begin alike.</summary>
    private static int Hash(ReadOnlySpan<byte> name)
    {
        ref var first = ref MemoryMarshal.GetReference(name);
        ulong mixed;
        if (name.Length >= sizeof(ulong))
        {
            mixed = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, name.Length - sizeof(ulong)))
                + (31 * Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref first, (name.Length - sizeof(ulong)) / 2)));
        }
        else
        {
            mixed = 0;
            foreach (var b in name) mixed = (mixed << 8) | b;
        }
        return (int)(((mixed + (ulong)name.Length) * 0x9E3779B97F4A7C15) >> (64 - 10));
    }
}
