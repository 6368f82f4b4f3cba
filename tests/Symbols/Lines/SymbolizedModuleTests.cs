using System.Text.Json;
using MemScope.Symbols.Lines;

namespace MemScope.Symbols.Tests.Lines;

public sealed class SymbolizedModuleTests
{
    [Fact]
    public void Every_address_has_the_frames_that_were_added_first()
    {
        var module = new SymbolizedModule();
        for (ulong i = 0; i < 10_000; i++) module.Add(i * 16, Frames(i / 7));
        for (ulong i = 0; i < 10_000; i++)
        {
            Assert.True(module.TryGet(i * 16, out var frames));
            Assert.Equal(Frames(i / 7), frames);
            Assert.False(module.TryGet((i * 16) + 1, out _));
        }
        module.Add(0, []);
        Assert.True(module.TryGet(0, out var first));
        Assert.Equal(Frames(0), first);
        Assert.Equal(10_000, module.Count);
        Assert.False(module.TryGet(ulong.MaxValue, out _));
    }

    [Fact]
    public void An_address_of_which_nothing_is_said_is_known_to_have_no_frames()
    {
        var module = new SymbolizedModule();
        module.Add(5, []);
        Assert.True(module.TryGet(5, out var frames));
        Assert.Empty(frames);
        Assert.Equal("[]"u8, module.Json(5));
        Assert.Equal([], module.Json(6));
    }

    [Fact]
    public void Equal_answers_take_their_place_once()
    {
        var (same, different) = (new SymbolizedModule(), new SymbolizedModule());
        for (ulong i = 0; i < 1000; i++)
        {
            same.Add(i, Frames(1));
            different.Add(i, Frames(i));
        }
        Assert.True(same.TryGet(1, out var one) && same.TryGet(2, out var two) && ReferenceEquals(one, two));
        Assert.True(same.Bytes * 5 < different.Bytes, $"{same.Bytes} and {different.Bytes} bytes");
    }

    [Fact]
    public void It_starts_anew_when_it_is_full()
    {
        var module = new SymbolizedModule(mostBytes: 100_000);
        for (ulong i = 0; i < 100_000; i++)
        {
            module.Add(i, Frames(i));
            Assert.True(module.TryGet(i, out _));
            Assert.InRange(module.Bytes, 0, 200_000);
        }
        Assert.InRange(module.Count, 1, 99_999);
    }

    [Fact]
    public void The_Json_holds_the_frames()
    {
        var module = new SymbolizedModule();
        module.Add(1, [new SymbolizedFrame("f<\"x\">", "/a b.c", 7, true), new SymbolizedFrame("g", null, null, false)]);
        using var json = JsonDocument.Parse(module.Json(1).ToArray());
        Assert.Equal(
            [("f<\"x\">", "/a b.c", 7, true), ("g", "", 0, false)],
            json.RootElement.EnumerateArray().Select(f => (f.GetProperty("FunctionName").GetString()!, f.GetProperty("FileName").GetString()!, f.GetProperty("Line").GetInt32(), f.GetProperty("Inlined").GetBoolean())));
    }

    [Fact]
    public async Task Readers_see_whole_answers_while_others_are_added()
    {
        var module = new SymbolizedModule(mostBytes: 2 << 20);
        var writing = Task.Run(() =>
        {
            for (ulong i = 0; i < 200_000; i++) module.Add(i, Frames(i % 5000));
        });
        var wrong = 0;
        var reading = Enumerable.Range(0, 2).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            do
            {
                var address = (ulong)random.Next(200_000);
                if (module.TryGet(address, out var frames) && !frames.SequenceEqual(Frames(address % 5000))) Interlocked.Increment(ref wrong);
            }
            while (!writing.IsCompleted);
        }));
        await Task.WhenAll([writing, .. reading]);
        Assert.Equal(0, wrong);
    }

    private static SymbolizedFrame[] Frames(ulong number) =>
        [new SymbolizedFrame($"inner{number % 3}", "/src/inner.h", (int)(number % 100) + 1, true), new SymbolizedFrame($"function{number}", $"/src/file{number % 10}.c", (int)number + 1, false)];
}
