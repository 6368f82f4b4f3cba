using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MemScope.Core.Formats.Heaptrack;

/// <summary>
/// Counts blocks by allocation info, heaptrack's word for a pair of size and stack: what is live, what was allocated, what was live at the greatest sum so far. Nothing is kept per event.
/// <para>What was live at the peak is kept without a copy of everything at each new one: an info that changes for the first time since the last peak remembers what it had then.</para>
/// </summary>
internal sealed class HeaptrackLedger
{
    /// <summary>Infos that are held: 16,777,216. A program of which heaptrack tells more is not known.</summary>
    public const int MaxInfos = 1 << 24;

    /// <summary>Greatest size of a block that is believed: 2^47 bytes, the address space of x86-64.</summary>
    public const ulong MaxSize = 1UL << 47;

    private Info[] _infos = new Info[256];
    private int[] _lines = new int[256];
    private long _live, _peak;
    private uint _peakNumber;
    private int _last;

    /// <summary>One size at one stack, in half a cache line: nearly every event touches another one. Numbers of blocks fit, for the 16 GiB of text that are read of a file hold fewer than 2^32 events.</summary>
    internal struct Info
    {
        /// <summary>Bytes of a block.</summary>
        public long Size;

        /// <summary>Allocated so far.</summary>
        public uint Allocated;

        /// <summary>Freed so far.</summary>
        public uint Freed;

        /// <summary>Freed with no other allocation between.</summary>
        public uint Temporary;

        /// <summary>Live at the peak of <see cref="AtPeakNumber"/>, if that is still the last one; else as many as are live.</summary>
        public uint AtPeak;

        /// <summary>The peak before its last change.</summary>
        public uint AtPeakNumber;

        /// <summary>heaptrack's number of the stack.</summary>
        public int Trace;

        /// <summary>Live blocks; below 0 when a broken file frees more than it allocates.</summary>
        public readonly long Live => (long)Allocated - Freed;
    }

    /// <summary>How many infos there are.</summary>
    public int Count { get; private set; }

    /// <summary>Nanoseconds since the beginning, for the time of the peak.</summary>
    public long Time { get; set; }

    /// <summary>Live bytes in all.</summary>
    public long LiveBytes => _live;

    /// <summary>The greatest they were.</summary>
    public long PeakBytes => _peak;

    /// <summary><see cref="Time"/> then.</summary>
    public long PeakTime { get; private set; }

    /// <summary>The infos, in the order of the file.</summary>
    public ReadOnlySpan<Info> Infos => _infos.AsSpan(0, Count);

    /// <summary>Line of the file where an info first stands.</summary>
    public int LineOf(int number) => _lines[number];

    /// <summary>Blocks of an info that were live at the peak.</summary>
    public long AtPeak(ref readonly Info info) => info.AtPeakNumber != _peakNumber ? info.Live : info.AtPeak <= info.Allocated ? info.AtPeak : 0;

    /// <summary>Enters a new info; its number, or -1 when there are too many.</summary>
    public int Add(long size, int trace, int line)
    {
        if (Count >= MaxInfos) return -1;
        if (Count == _infos.Length)
        {
            Array.Resize(ref _infos, _infos.Length * 2);
            Array.Resize(ref _lines, _infos.Length);
        }
        _infos[Count] = Untouched(size, trace);
        _lines[Count] = line;
        return Count++;
    }

    /// <summary>An info of which no block was ever live, at this peak either.</summary>
    private Info Untouched(long size, int trace) => new() { Size = size, Trace = trace, AtPeakNumber = _peakNumber };

    /// <summary>A block was allocated.</summary>
    public void Allocate(int number) => Record(_infos, number, isAllocation: true, temporary: false);

    /// <summary>
    /// A block was freed. It was temporary when the last event was an allocation of the same info: so heaptrack_print counts, which sees no addresses, and it takes the first info of the file for the
    /// last allocated one wherever there is none.
    /// </summary>
    public void Free(int number) => Record(_infos, number, isAllocation: false, number == _last);

    /// <summary>A block was freed.</summary>
    public void Free(int number, bool temporary) => Record(_infos, number, isAllocation: false, temporary);

    /// <summary>Forgets all that was counted: heaptrack was attached here.</summary>
    public void Reset()
    {
        (_live, _peak, PeakTime, _last, _peakNumber) = (0, 0, 0, 0, 0);
        foreach (ref var info in _infos.AsSpan(0, Count)) info = Untouched(info.Size, info.Trace);
    }

    /// <summary>
    /// Takes whole lines <c>+ NUMBER</c> and <c>- NUMBER</c> from the front of a text, up to the first that is something else, is broken or has an unknown number. These are nearly all lines of a file.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="lines">How many lines they were.</param>
    /// <returns>How many bytes they were.</returns>
    public int Run(ReadOnlySpan<byte> text, out int lines)
    {
        const int signAndBlank = 2, block = 64, word = sizeof(ulong), mostDigits = 7;
        var infos = _infos;
        var (count, start) = ((uint)Count, 0);
        lines = 0;
        // What is left at the end of a buffer, a few lines, is for the caller.
        while (text.Length - start >= block + signAndBlank + word)
        {
            // Where the lines end is found for nine or so at once, so that the processor can work on several: one that begins where the one before was found to end would have to wait for it.
            var at = start;
            for (var ends = Newlines(text.Slice(at, block)); ends != 0; ends &= ends - 1)
            {
                var end = at + BitOperations.TrailingZeroCount(ends);
                var digits = end - start - signAndBlank;
                var sign = text[start];
                if ((uint)(digits - 1) >= mostDigits || ((sign - '+') & ~2) != 0 || text[start + 1] != ' ') return start;
                if (!TryHex(BinaryPrimitives.ReadUInt64LittleEndian(text[(start + signAndBlank)..]), digits, out var number) || number >= count) return start;
                var isAllocation = sign == '+';
                Record(infos, (int)number, isAllocation, temporary: !isAllocation & (int)number == _last);
                start = end + 1;
                lines++;
            }
            if (start == at) break;
        }
        return start;
    }

    /// <summary>A bit for each of 64 bytes that is a newline.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Newlines(ReadOnlySpan<byte> block)
    {
        var newline = Vector256.Create((byte)'\n');
        var lower = Vector256.Equals(Vector256.Create(block), newline).ExtractMostSignificantBits();
        return lower | ((ulong)Vector256.Equals(Vector256.Create(block[Vector256<byte>.Count..]), newline).ExtractMostSignificantBits() << Vector256<byte>.Count);
    }

    /// <summary>
    /// The number in one to seven hexadecimal digits in lower case at the front of eight bytes of text, all digits at once: a branch for each, whose number is hard to foresee, would cost more than all else of a line.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryHex(ulong text, int digits, out uint number)
    {
        const ulong each = 0x0101_0101_0101_0101, high = each << 7;
        // The digits go to the upper end, zeros before them.
        var unused = 64 - (8 * digits);
        text = (text << unused) | ((each * '0') & ~(ulong.MaxValue << unused));
        // Bit 6 tells letters. Less '0' a digit is 0 to 9, less 0x60 a letter is 1 to 6.
        var letters = (text >> 6) & each;
        var value = text ^ (each * '0') ^ (letters * ('0' ^ 0x60));
        var outside = (text | (value + (each * (0x7f - 9)) + (letters * 3)) | ((value + (letters * 0x7f)) ^ (letters << 7))) & high;
        value += letters * 9;
        // Pairs of digits, then pairs of these.
        value = ((value << 4) | (value >> 8)) & 0x00ff_00ff_00ff_00ff;
        value = ((value << 8) | (value >> 16)) & 0x0000_ffff_0000_ffff;
        number = (uint)((value << 16) | (value >> 32));
        return outside == 0;
    }

    /// <summary>Counts an event, with as few branches as can be: which events are frees is as hard to foresee.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Record(Info[] infos, int number, bool isAllocation, bool temporary)
    {
        ref var info = ref infos[number];
        info.AtPeak = info.AtPeakNumber != _peakNumber ? info.Allocated - info.Freed : info.AtPeak;
        info.AtPeakNumber = _peakNumber;
        var allocations = isAllocation ? 1u : 0u;
        info.Allocated += allocations;
        info.Freed += 1 - allocations;
        info.Temporary += temporary ? 1u : 0u;
        _live += isAllocation ? info.Size : -info.Size;
        _last = isAllocation ? number : 0;
        if (_live <= _peak) return;
        (_peak, PeakTime) = (_live, Time);
        _peakNumber++;
    }
}
