namespace MemScope.Core.Formats.Containers;

/// <summary>
/// Hands compressed bytes to an inflater and keeps the last of them, so that the trailer of a gzip member can be found afterwards:
/// <see cref="System.IO.Compression.DeflateStream"/> reads ahead and does not say where its stream ended.
/// </summary>
internal sealed class GzipFeed(Stream source) : ReadStream
{
    private const int Handout = 8 << 10;
    private readonly byte[] _buffer = new byte[8 * Handout];
    private int _keep, _last, _next, _end;
    private bool _ended;

    /// <summary>Hands out the next bytes; what the last two calls gave is kept.</summary>
    public override int Read(Span<byte> buffer)
    {
        Fill(1);
        if (_next == _end) return 0;
        (_keep, _last) = (_last, _next);
        var count = Math.Min(Math.Min(buffer.Length, Handout), _end - _next);
        _buffer.AsSpan(_next, count).CopyTo(buffer);
        _next += count;
        return count;
    }

    /// <summary>Up to <paramref name="count"/> of the next bytes, at most 8 KiB; fewer only at the end of the source.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        Fill(count);
        return _buffer.AsSpan(_next, Math.Min(count, _end - _next));
    }

    /// <summary>Goes on by bytes that were peeked at; nothing before them can be found any more.</summary>
    public void Skip(int count)
    {
        _next += count;
        _keep = _last = _next;
    }

    /// <summary>Finds <paramref name="trailer"/> in what was handed out last or follows directly, and goes on behind it.</summary>
    public bool TrySkipPast(ReadOnlySpan<byte> trailer)
    {
        Fill(trailer.Length);
        var end = Math.Min(_end, _next + trailer.Length);
        var at = _buffer.AsSpan(_keep, end - _keep).IndexOf(trailer);
        if (at < 0) return false;
        _next = _keep + at;
        Skip(trailer.Length);
        return true;
    }

    private void Fill(int count)
    {
        if (_end - _next >= count) return;
        _buffer.AsSpan(_keep, _end - _keep).CopyTo(_buffer);
        (_last, _next, _end, _keep) = (_last - _keep, _next - _keep, _end - _keep, 0);
        while (!_ended && _end - _next < count)
        {
            // Little at a time: what was received is what a bomb is measured against.
            var read = source.Read(_buffer, _end, Math.Min(Handout, _buffer.Length - _end));
            if (read <= 0) _ended = true;
            else _end += read;
        }
    }
}
