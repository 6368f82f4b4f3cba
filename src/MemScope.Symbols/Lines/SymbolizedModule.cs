using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace MemScope.Symbols.Lines;

/// <summary>
/// The frames of addresses of one file, in memory. Neighbouring addresses share most of what is said of them, so frames, texts and whole answers are kept once. Lookups take no lock and
/// may run while answers are added; when it is full it starts anew, since the database has the answers as well.
/// <code>
/// if (!module.TryGet(address, out var frames)) module.Add(address, frames = await AskAsync(address));
/// </code>
/// </summary>
/// <param name="mostBytes">Bytes that it may take, by an estimate.</param>
public sealed class SymbolizedModule(long mostBytes = SymbolizedModule.DefaultBytes)
{
    /// <summary>Bytes that one takes unless said otherwise: half a million addresses of C++ with inlined calls.</summary>
    public const long DefaultBytes = 64 << 20;

    private const int ObjectBytes = 40; // header, fields and an entry in a table
    private const int SlotBytes = 16;
    private const int FirstSlots = 256;

    private readonly Lock _adding = new();
    private readonly Dictionary<SymbolizedFrame[], Answer> _answers = new(SameFrames.Instance);
    private readonly Dictionary<SymbolizedFrame, SymbolizedFrame> _frames = [];
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private volatile Slots _slots = new(FirstSlots);
    private long _bytes;
    private int _count;

    /// <summary>Addresses that it knows.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Bytes that it takes, by an estimate.</summary>
    public long Bytes => Interlocked.Read(ref _bytes) + (_slots.Length * (long)SlotBytes);

    /// <summary>The frames of an address, innermost first; empty where the file tells nothing of it. False when nobody asked before.</summary>
    public bool TryGet(ulong linkAddress, [NotNullWhen(true)] out IReadOnlyList<SymbolizedFrame>? frames)
    {
        frames = _slots.Find(linkAddress)?.Frames;
        return frames is not null;
    }

    /// <summary>The same as a JSON array of <c>FunctionName</c>, <c>FileName</c>, <c>Line</c> and <c>Inlined</c> in UTF-8, made once per answer; empty when it is not known.</summary>
    public ReadOnlySpan<byte> Json(ulong linkAddress) => _slots.Find(linkAddress) is { } answer ? answer.Json ??= Encode(answer.Frames) : [];

    /// <summary>Takes the frames of an address in. What was said of it before stays.</summary>
    public void Add(ulong linkAddress, IReadOnlyList<SymbolizedFrame> frames)
    {
        lock (_adding)
        {
            if (_slots.Find(linkAddress) is not null) return;
            if (Bytes >= mostBytes) Clear();
            var answer = AnswerOf(frames);
            if ((_count + 1) * 4L > _slots.Length * 3L) _slots = _slots.Grown();
            _slots.Put(linkAddress, answer);
            _count++;
        }
    }

    private void Clear()
    {
        _answers.Clear();
        _frames.Clear();
        _texts.Clear();
        (_slots, _bytes, _count) = (new Slots(FirstSlots), 0, 0);
    }

    private Answer AnswerOf(IReadOnlyList<SymbolizedFrame> frames)
    {
        SymbolizedFrame[] own = [.. frames];
        if (_answers.TryGetValue(own, out var known)) return known;
        for (var i = 0; i < own.Length; i++) own[i] = FrameOf(own[i]);
        // Its JSON, which is made later, repeats the texts.
        _bytes += (2 * ObjectBytes) + (8L * own.Length) + own.Sum(f => 64L + (f.Function?.Length ?? 0) + (f.File?.Length ?? 0));
        return _answers[own] = new Answer(own);
    }

    private SymbolizedFrame FrameOf(SymbolizedFrame frame)
    {
        if (_frames.TryGetValue(frame, out var known)) return known;
        var own = frame with { Function = TextOf(frame.Function), File = TextOf(frame.File) };
        _bytes += 2 * ObjectBytes;
        return _frames[own] = own;
    }

    private string? TextOf(string? text)
    {
        if (text is null) return null;
        if (_texts.TryGetValue(text, out var known)) return known;
        _bytes += ObjectBytes + (2L * text.Length);
        _texts.Add(text);
        return text;
    }

    private static byte[] Encode(SymbolizedFrame[] frames)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (var frame in frames)
            {
                json.WriteStartObject();
                json.WriteString("FunctionName", frame.Function ?? "");
                json.WriteString("FileName", frame.File ?? "");
                json.WriteNumber("Line", frame.Line ?? 0);
                json.WriteBoolean("Inlined", frame.Inlined);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return buffer.ToArray();
    }

    /// <summary>What is said of one or many addresses.</summary>
    private sealed class Answer(SymbolizedFrame[] frames)
    {
        public SymbolizedFrame[] Frames { get; } = frames;

        public byte[]? Json { get; set; }
    }

    /// <summary>
    /// Open addressing with a power of two of slots, never full. One writes at a time; the answer is written before its address, so that a reader that sees the address sees the answer.
    /// Grown and emptied tables replace it.
    /// </summary>
    private sealed class Slots(int length)
    {
        /// <summary>Addresses plus one, so that 0 is an empty slot. The top address is no code.</summary>
        private readonly ulong[] _keys = new ulong[length];
        private readonly Answer?[] _answers = new Answer?[length];

        public int Length => _keys.Length;

        public Answer? Find(ulong address)
        {
            var key = unchecked(address + 1);
            if (key == 0) return null;
            for (var i = Home(key); ; i = (i + 1) & (_keys.Length - 1))
            {
                var there = Volatile.Read(ref _keys[i]);
                if (there == key) return _answers[i];
                if (there == 0) return null;
            }
        }

        public void Put(ulong address, Answer answer)
        {
            var key = unchecked(address + 1);
            if (key == 0) return;
            var i = Home(key);
            while (_keys[i] != 0) i = (i + 1) & (_keys.Length - 1);
            _answers[i] = answer;
            Volatile.Write(ref _keys[i], key);
        }

        public Slots Grown()
        {
            var larger = new Slots(_keys.Length * 2);
            for (var i = 0; i < _keys.Length; i++)
            {
                if (_keys[i] != 0) larger.Put(_keys[i] - 1, _answers[i]!);
            }
            return larger;
        }

        // Fibonacci hashing: addresses differ in their low bits.
        private int Home(ulong key) => (int)(unchecked(key * 0x9e37_79b9_7f4a_7c15) >> 32) & (_keys.Length - 1);
    }

    private sealed class SameFrames : IEqualityComparer<SymbolizedFrame[]>
    {
        public static SameFrames Instance { get; } = new();

        public bool Equals(SymbolizedFrame[]? x, SymbolizedFrame[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(SymbolizedFrame[] frames)
        {
            var hash = default(HashCode);
            foreach (var frame in frames) hash.Add(frame);
            return hash.ToHashCode();
        }
    }
}
