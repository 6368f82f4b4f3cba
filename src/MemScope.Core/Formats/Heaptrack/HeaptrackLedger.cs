using System.Runtime.CompilerServices;

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
    private long _live, _peak, _peakNumber;
    private int _last;

    /// <summary>One size at one stack. All numbers count blocks.</summary>
    internal struct Info
    {
        /// <summary>Bytes of a block.</summary>
        public long Size;

        /// <summary>Allocated so far.</summary>
        public long Allocated;

        /// <summary>Freed so far.</summary>
        public long Freed;

        /// <summary>Freed with no other allocation between.</summary>
        public long Temporary;

        /// <summary>Live at the peak of <see cref="AtPeakNumber"/>, if that is still the last one; else as many as are live.</summary>
        public long AtPeak;

        /// <summary>The peak before its last change.</summary>
        public long AtPeakNumber;

        /// <summary>heaptrack's number of the stack.</summary>
        public int Trace;

        /// <summary>Line of the file where it first stands.</summary>
        public int Line;

        /// <summary>Live blocks.</summary>
        public readonly long Live => Allocated - Freed;
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

    /// <summary>Blocks of an info that were live at the peak.</summary>
    public long AtPeak(ref readonly Info info) => info.AtPeakNumber == _peakNumber ? info.AtPeak : info.Live;

    /// <summary>Enters a new info; its number, or -1 when there are too many.</summary>
    public int Add(long size, int trace, int line)
    {
        if (Count >= MaxInfos) return -1;
        if (Count == _infos.Length) Array.Resize(ref _infos, _infos.Length * 2);
        _infos[Count] = new Info { Size = size, Trace = trace, Line = line, AtPeakNumber = -1 };
        return Count++;
    }

    /// <summary>A block was allocated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Allocate(int number)
    {
        ref var info = ref _infos[number];
        Remember(ref info);
        info.Allocated++;
        _live += info.Size;
        _last = number;
        if (_live <= _peak) return;
        (_peak, PeakTime) = (_live, Time);
        _peakNumber++;
    }

    /// <summary>
    /// A block was freed. It was temporary when the last event was an allocation of the same info: so heaptrack_print counts, which sees no addresses, and it takes the first info of the file for the
    /// last allocated one wherever there is none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Free(int number) => Free(number, number == _last);

    /// <summary>A block was freed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Free(int number, bool temporary)
    {
        ref var info = ref _infos[number];
        Remember(ref info);
        info.Freed++;
        _live -= info.Size;
        if (temporary) info.Temporary++;
        _last = 0;
    }

    /// <summary>Forgets all that was counted: heaptrack was attached here.</summary>
    public void Reset()
    {
        foreach (ref var info in _infos.AsSpan(0, Count))
            info = new Info { Size = info.Size, Trace = info.Trace, Line = info.Line, AtPeakNumber = -1 };
        (_live, _peak, PeakTime, _last) = (0, 0, 0, 0);
    }

    /// <summary>
    /// Takes whole lines <c>+ NUMBER</c> and <c>- NUMBER</c> from the front of a text, up to the first that is something else, is broken or has an unknown number. These are nearly all lines of a file.
    /// </summary>
    /// <param name="text">The text.</param>
    /// <param name="lines">How many lines they were.</param>
    /// <returns>How many bytes they were.</returns>
    public int Run(ReadOnlySpan<byte> text, out int lines)
    {
        const int shortest = 4;
        var taken = 0;
        lines = 0;
        while (text.Length - taken >= shortest)
        {
            var sign = text[taken];
            if ((sign != '+' && sign != '-') || text[taken + 1] != ' ') break;
            var at = taken + 2;
            var number = 0u;
            while (at < text.Length && Digits[text[at]] is < 16 and var digit && number < MaxInfos)
            {
                number = (number << 4) | digit;
                at++;
            }
            if (at >= text.Length || text[at] != '\n' || at == taken + 2 || number >= (uint)Count) break;
            if (sign == '+') Allocate((int)number);
            else Free((int)number);
            taken = at + 1;
            lines++;
        }
        return taken;
    }

    /// <summary>Value of each hexadecimal digit, 255 for any other byte.</summary>
    private static readonly byte[] Digits = [.. Enumerable.Range(0, 256).Select(b => (byte)Text.ByteCursor.HexDigit((byte)b))];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Remember(ref Info info)
    {
        if (info.AtPeakNumber == _peakNumber) return;
        (info.AtPeak, info.AtPeakNumber) = (info.Live, _peakNumber);
    }
}
