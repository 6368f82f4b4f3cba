using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// The live blocks of a process: address to a number of the caller's. An open-addressing table of 12 bytes a slot with linear probing, for a process has millions of live blocks and every free looks
/// one up; a removal moves the entries behind it up, so that probing stays short however many blocks come and go.
/// </summary>
internal sealed class PointerTable
{
    /// <summary>Live blocks that are held: 33,554,432, in 768 MiB.</summary>
    public const int MaxCount = 1 << 25;

    /// <summary>
    /// Slots that are looked at for an address. Real addresses need some hundreds at the very most; a file that was written to make all of them fall into one place must not cost a look at every other block for each.
    /// </summary>
    private const int MaxProbes = 1 << 12;

    private const int FirstSlots = 1 << 10;
    private Slot[] _slots = new Slot[FirstSlots];
    private int _shift = 64 - 10;

    /// <summary>Packed to 12 bytes. A value of 0 is a free slot, so values are kept plus one.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Slot
    {
        public ulong Address;
        public int ValuePlusOne;
    }

    /// <summary>How many blocks are live.</summary>
    public int Count { get; private set; }

    /// <summary>Enters a block. False when it is not held, because the table is full or the addresses were chosen to lie in one place of it.</summary>
    /// <param name="address">Where it lies.</param>
    /// <param name="value">Not negative.</param>
    /// <param name="replaced">Whether a block was live there, whose end was never told.</param>
    public bool TryAdd(ulong address, int value, out bool replaced)
    {
        var at = Find(address);
        replaced = at >= 0 && _slots[at].ValuePlusOne != 0;
        if (!replaced)
        {
            if (Count >= MaxCount) return false;
            if ((Count + 1L) * 4 > _slots.Length * 3L)
            {
                Grow();
                at = Find(address);
            }
            if (at < 0) return false;
            Count++;
        }
        _slots[at] = new Slot { Address = address, ValuePlusOne = value + 1 };
        return true;
    }

    /// <summary>Takes a block out. False when none is live there.</summary>
    public bool TryTake(ulong address, out int value)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var hole = Find(address);
        value = hole < 0 ? -1 : slots[hole].ValuePlusOne - 1;
        if (value < 0) return false;
        Count--;
        // No entry lies further behind its place than was looked at for it.
        for (var next = (hole + 1) & mask; slots[next].ValuePlusOne != 0 && ((next - hole) & mask) < MaxProbes; next = (next + 1) & mask)
        {
            // An entry may move up into the hole unless it belongs behind it.
            var home = Home(slots[next].Address);
            if (((next - home) & mask) < ((next - hole) & mask)) continue;
            slots[hole] = slots[next];
            hole = next;
        }
        slots[hole] = default;
        return true;
    }

    /// <summary>The slot of the address, or the free one where it belongs, or -1 when neither is near.</summary>
    private int Find(ulong address)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var at = Home(address);
        for (var probes = 0; probes < MaxProbes; probes++)
        {
            if (slots[at].ValuePlusOne == 0 || slots[at].Address == address) return at;
            at = (at + 1) & mask;
        }
        return -1;
    }

    /// <summary>Fibonacci hashing: blocks lie at multiples of 16, and only the upper bits of the product depend on all of the address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Home(ulong address) => (int)((address * 0x9e37_79b9_7f4a_7c15) >> _shift);

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        _shift--;
        foreach (ref readonly var slot in old.AsSpan())
        {
            if (slot.ValuePlusOne == 0) continue;
            var at = Find(slot.Address);
            if (at >= 0) _slots[at] = slot;
            else Count--;
        }
    }
}
