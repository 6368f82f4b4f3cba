using System.Runtime.CompilerServices;

namespace MemScope.Core.Formats.Text;

/// <summary>A number for each of many byte strings, which are kept one behind the other in chunks: finding one hashes and compares bytes and makes no object.</summary>
internal sealed class ByteTable
{
    private const int None = -1, ChunkBytes = 64 << 10, FirstBuckets = 1024;
    private readonly List<Entry> _entries = [];
    private readonly List<byte[]> _chunks = [];
    private int _chunkUsed;
    private int[] _buckets = NewBuckets(FirstBuckets);

    private readonly record struct Entry(int Chunk, int Start, int Length, int Hash, int Value, int NextInBucket);

    /// <summary>How many byte strings.</summary>
    public int Count => _entries.Count;

    /// <summary>The number of a byte string; false when it was not added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryFind(ReadOnlySpan<byte> bytes, out int value)
    {
        var hash = ByteHash.Of(bytes);
        for (var i = _buckets[hash & (_buckets.Length - 1)]; i >= 0; i = _entries[i].NextInBucket)
        {
            var entry = _entries[i];
            if (entry.Hash != hash || entry.Length != bytes.Length || !_chunks[entry.Chunk].AsSpan(entry.Start, entry.Length).SequenceEqual(bytes)) continue;
            value = entry.Value;
            return true;
        }
        value = None;
        return false;
    }

    /// <summary>Adds a byte string that is not in the table.</summary>
    public void Add(ReadOnlySpan<byte> bytes, int value)
    {
        var hash = ByteHash.Of(bytes);
        var start = Keep(bytes);
        ref var bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries.Add(new Entry(_chunks.Count - 1, start, bytes.Length, hash, value, bucket));
        bucket = _entries.Count - 1;
        if (_entries.Count > _buckets.Length) Rehash();
    }

    /// <summary>Copies bytes into the last chunk and says where in it they begin.</summary>
    private int Keep(ReadOnlySpan<byte> bytes)
    {
        if (_chunks.Count == 0 || _chunkUsed + bytes.Length > _chunks[^1].Length)
        {
            _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Max(ChunkBytes, bytes.Length)));
            _chunkUsed = 0;
        }
        bytes.CopyTo(_chunks[^1].AsSpan(_chunkUsed));
        _chunkUsed += bytes.Length;
        return _chunkUsed - bytes.Length;
    }

    private void Rehash()
    {
        _buckets = NewBuckets(_buckets.Length * 4);
        for (var i = 0; i < _entries.Count; i++)
        {
            ref var bucket = ref _buckets[_entries[i].Hash & (_buckets.Length - 1)];
            _entries[i] = _entries[i] with { NextInBucket = bucket };
            bucket = i;
        }
    }

    private static int[] NewBuckets(int count)
    {
        var buckets = new int[count];
        Array.Fill(buckets, None);
        return buckets;
    }
}
