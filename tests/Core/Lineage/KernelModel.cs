using MemScope.Core.Model;

namespace MemScope.Tests;

/// <summary>
/// An address space that behaves like Linux: mmap takes the highest hole that is large enough, neighbours of equal permissions and flags are one line, mremap moves pages with their
/// contents, mprotect and mlock split lines and undo it. Every page that is mapped has an identity of its own, which only mremap carries elsewhere; every call is written to a trace.
/// </summary>
internal sealed class KernelModel(int seed)
{
    private const int Pages = 6000;
    private readonly Random _random = new(seed);
    private readonly Page?[] _pages = new Page?[Pages];
    private readonly List<TraceEvent> _events = [];
    private int _nextPage;

    private sealed record Page(int Id, VmaPermissions Permissions, bool Locked, bool Touched);

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<TraceEvent> Events => _events;

    /// <summary>One to four calls, the first at a time (ns).</summary>
    public void Step(long atNs)
    {
        var calls = 1 + _random.Next(4);
        for (var i = 0; i < calls; i++) Call(atNs + (i * 150_000_000L));
    }

    /// <summary>The lines, and by line which pages they hold.</summary>
    public (VmaTable Table, List<HashSet<int>> Held) Snapshot()
    {
        var builder = new VmaTable.Builder();
        var held = new List<HashSet<int>>();
        for (var start = 0; start < Pages;)
        {
            if (_pages[start] is not { } first)
            {
                start++;
                continue;
            }
            var end = start + 1;
            while (end < Pages && _pages[end] is { } next && next.Permissions == first.Permissions && next.Locked == first.Locked) end++;
            builder.Add((ulong)start * Maps.PageBytes, (ulong)end * Maps.PageBytes, first.Permissions, 0, 0, 0, 0, "");
            builder.Set(Metric.Rss, _pages[start..end].Count(p => p!.Touched) * 4);
            builder.SetFlags(first.Locked ? "rd wr lo" : "rd wr");
            held.Add([.. _pages[start..end].Select(p => p!.Id)]);
            start = end;
        }
        return (builder.Build(), held);
    }

    /// <summary>The page at an address, or null.</summary>
    public int?[] PageIds() => Array.ConvertAll(_pages, p => p?.Id);

    private void Call(long at)
    {
        var line = AnyLine();
        switch (line.Length == 0 ? 0 : _random.Next(11))
        {
            case 0 or 1 or 2: Map(at, 1 + _random.Next(200)); break;
            case 3: Unmap(at, line.Start, line.Length); break;
            case 4 or 5: Unmap(at, line.Start + _random.Next(line.Length), 1 + _random.Next(line.Length)); break;
            case 6: Resize(at, line.Start, line.Length, line.Length + 1 + _random.Next(60)); break;
            case 7: Resize(at, line.Start, line.Length, Math.Max(1, line.Length - _random.Next(20))); break;
            case 8: Change(MemoryCall.Mprotect, at, line, p => p with { Permissions = p.Permissions ^ VmaPermissions.Write }); break;
            case 9: Change(MemoryCall.Other, at, line, p => p with { Locked = !p.Locked }); break;
            case 10: Change(MemoryCall.Other, at, line, p => p with { Touched = true }); break;
        }
    }

    /// <summary>A piece of a line, from its start or from somewhere inside it.</summary>
    private (int Start, int Length) AnyLine()
    {
        var (table, _) = Snapshot();
        if (table.Count == 0) return default;
        var vma = table[_random.Next(table.Count)];
        var (start, length) = ((int)(vma.Start / Maps.PageBytes), (int)(vma.VirtualBytes / Maps.PageBytes));
        if (_random.Next(3) > 0) return (start, length);
        var from = _random.Next(length);
        return (start + from, 1 + _random.Next(length - from));
    }

    private int? Hole(int length)
    {
        for (int end = Pages - 10, free = 0; end > 10; end--)
        {
            free = _pages[end] is null ? free + 1 : 0;
            if (free == length) return end;
        }
        return null;
    }

    private void Map(long at, int length)
    {
        if (Hole(length) is not { } start) return;
        var touched = _random.Next(length + 1);
        for (var i = 0; i < length; i++) _pages[start + i] = new(_nextPage++, VmaPermissions.Read | VmaPermissions.Write, Locked: false, Touched: i < touched);
        Write(MemoryCall.Mmap, at, 0, length, 0, start);
    }

    private void Unmap(long at, int start, int length)
    {
        length = Math.Min(length, Pages - start);
        Array.Clear(_pages, start, length);
        Write(MemoryCall.Munmap, at, start, length, 0, 0);
    }

    /// <summary>Shrinks in place, grows in place where there is room, else moves; a locked or read-only piece too.</summary>
    private void Resize(long at, int start, int length, int to)
    {
        var moved = _pages[start..(start + length)];
        var grown = Enumerable.Range(0, Math.Max(0, to - length)).Select(_ => moved[^1]! with { Id = _nextPage++, Touched = false });
        var room = to <= length || (start + to < Pages && Array.TrueForAll(_pages[(start + length)..(start + to)], p => p is null) && _random.Next(2) == 0);
        if (!room && Hole(to) is null) return;
        var target = room ? start : Hole(to)!.Value;
        Array.Clear(_pages, start, length);
        Page?[] pages = [.. moved.Take(to), .. grown];
        pages.CopyTo(_pages, target);
        Write(MemoryCall.Mremap, at, start, to, length, target);
    }

    private void Change(MemoryCall call, long at, (int Start, int Length) piece, Func<Page, Page> change)
    {
        for (var i = piece.Start; i < piece.Start + piece.Length; i++) _pages[i] = change(_pages[i]!);
        Write(call, at, piece.Start, piece.Length, 0, 0);
    }

    private void Write(MemoryCall call, long at, int address, int length, int oldLength, int result) => _events.Add(new()
    {
        Call = call, TimeNs = at, Address = (ulong)address * Maps.PageBytes, Length = (ulong)length * Maps.PageBytes, OldLength = (ulong)oldLength * Maps.PageBytes,
        Result = (ulong)result * Maps.PageBytes, HasResult = true, Callchain = -1, Line = _events.Count + 1,
    });
}
