using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MemScope.Core.Formats.Text;
using MemScope.Core.Model;

namespace MemScope.Core.Formats.Traces;

/// <summary>Reads one line of a stack; null when the line is not a frame.</summary>
internal delegate RawFrame? ReadFrame(ReadOnlySpan<byte> line, NameTable names);

/// <summary>
/// The distinct callchains of a trace. A stack is looked up by the bytes that the tool printed, so only the first of many equal ones is read and kept;
/// stacks that differ in their bytes but not in their frames (gdb prints arguments) still become one callchain.
/// </summary>
internal sealed class StackTable(ReadFrame readFrame, ParseOptions options)
{
    private const int None = -1, ChunkBytes = 64 << 10;
    private readonly List<Callchain> _callchains = [];
    private readonly Dictionary<RawFrame, int> _frameIds = [];
    private readonly List<RawFrame> _frames = [];
    private readonly Dictionary<FrameList, int> _chains = [];
    private readonly List<Block> _blocks = [];
    private readonly List<byte[]> _chunks = [];
    private int _chunkUsed = ChunkBytes;
    private readonly List<RawFrame> _reading = [];
    private int[] _buckets = NewBuckets(1024);

    private readonly record struct Block(int Chunk, int Start, int Length, int Hash, int Callchain, int NextInBucket);

    /// <summary>The callchains in the order of their first event.</summary>
    public IReadOnlyList<Callchain> Callchains => _callchains;

    /// <summary>How many distinct callchains were deeper than the cap and were cut.</summary>
    public int CutChains { get; private set; }

    /// <summary>Changes the frames of a stack after they were read, leaf first; for tools that mark a frame only by the one above it.</summary>
    public Action<List<RawFrame>>? Finish { get; init; }

    /// <summary>Turns the bytes of a stack into one frame per line, where the file has them otherwise (JSON escapes, lines broken at the terminal's width).</summary>
    public Func<ReadOnlySpan<byte>, byte[]>? Decode { get; init; }

    /// <summary>Index of the callchain that is printed in some lines of the file, or -1 when there is no frame in them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Intern(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return None;
        var hash = ByteHash.Of(bytes);
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        for (var i = bucket; i >= 0; i = _blocks[i].NextInBucket)
        {
            var block = _blocks[i];
            if (block.Hash == hash && block.Length == bytes.Length && _chunks[block.Chunk].AsSpan(block.Start, block.Length).SequenceEqual(bytes)) return block.Callchain;
        }
        var callchain = Read(bytes);
        var start = Keep(bytes);
        _blocks.Add(new Block(_chunks.Count - 1, start, bytes.Length, hash, callchain, bucket));
        bucket = _blocks.Count - 1;
        if (_blocks.Count > _buckets.Length) Rehash();
        return callchain;
    }

    /// <summary>Copies the bytes of a distinct stack into the last chunk and says where in it they begin.</summary>
    private int Keep(ReadOnlySpan<byte> bytes)
    {
        if (_chunkUsed + bytes.Length > (_chunks.Count == 0 ? 0 : _chunks[^1].Length))
        {
            _chunks.Add(new byte[Math.Max(ChunkBytes, bytes.Length)]);
            _chunkUsed = 0;
        }
        bytes.CopyTo(_chunks[^1].AsSpan(_chunkUsed));
        _chunkUsed += bytes.Length;
        return _chunkUsed - bytes.Length;
    }

    private int Read(ReadOnlySpan<byte> bytes)
    {
        _reading.Clear();
        var lines = new LineReader(Decode is null ? bytes : Decode(bytes));
        var cut = false;
        while (lines.Next())
        {
            if (readFrame(lines.Line, options.Names) is not { } frame) continue;
            cut = _reading.Count == options.Limits.CallchainFrames;
            if (cut) break;
            _reading.Add(frame);
        }
        if (_reading.Count == 0) return None;
        if (cut) CutChains++;
        Finish?.Invoke(_reading);
        return Intern(_reading);
    }

    /// <summary>Index of the callchain of some frames, leaf first.</summary>
    public int Intern(IReadOnlyList<RawFrame> frames)
    {
        var ids = new int[frames.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = IdOf(frames[i]);
        var key = new FrameList(ids);
        if (_chains.TryGetValue(key, out var known)) return known;
        _callchains.Add(new Callchain(Array.ConvertAll(ids, id => _frames[id])));
        _chains.Add(key, _callchains.Count - 1);
        return _callchains.Count - 1;
    }

    private int IdOf(RawFrame frame)
    {
        if (_frameIds.TryGetValue(frame, out var id)) return id;
        _frames.Add(frame);
        _frameIds.Add(frame, _frames.Count - 1);
        return _frames.Count - 1;
    }

    private void Rehash()
    {
        _buckets = NewBuckets(_buckets.Length * 4);
        for (var i = 0; i < _blocks.Count; i++)
        {
            ref var bucket = ref _buckets[_blocks[i].Hash & (_buckets.Length - 1)];
            _blocks[i] = _blocks[i] with { NextInBucket = bucket };
            bucket = i;
        }
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }

    private readonly struct FrameList(int[] ids) : IEquatable<FrameList>
    {
        private readonly int[] _ids = ids;

        public bool Equals(FrameList other) => _ids.AsSpan().SequenceEqual(other._ids);

        public override bool Equals(object? obj) => obj is FrameList other && Equals(other);

        public override int GetHashCode() => ByteHash.Of(MemoryMarshal.AsBytes(_ids.AsSpan()));
    }
}
