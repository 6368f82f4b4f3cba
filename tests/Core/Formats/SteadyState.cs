using MemScope.Core.Formats;
using MemScope.Tests.Traces;

namespace MemScope.Tests;

/// <summary>What a parser allocates for more of the same: nothing per line, but for the events that it keeps.</summary>
internal static class SteadyState
{
    // An event of a trace in a list that doubles when it is full: old and new array, both at most twice what is in use.
    private const int BytesPerEvent = 120 * 4;

    /// <summary>Reads a text, and the text many times over, and compares what was allocated.</summary>
    public static void AssertPerLine(byte[] once, InputFormat format, Func<ParsedCapture, int> events)
    {
        const int Times = 20;
        var lines = once.AsSpan().Count((byte)'\n');
        var many = new byte[once.Length * Times];
        for (var i = 0; i < Times; i++) once.CopyTo(many.AsSpan(i * once.Length));
        Allocated(once, format, events);
        var (few, fewEvents) = Allocated(once, format, events);
        var (more, moreEvents) = Allocated(many, format, events);

        Assert.Equal(fewEvents * Times, moreEvents);
        var perLine = (more - few - (moreEvents - fewEvents) * (double)BytesPerEvent) / ((Times - 1) * lines);
        Assert.True(perLine < 1, $"{perLine:F1} bytes per line beside the events ({few} for {lines} lines, {more} for {lines * Times})");
    }

    private static (long Bytes, int Events) Allocated(byte[] text, InputFormat format, Func<ParsedCapture, int> events)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = events(format.Parse(text, TraceFixtures.Options));
        return (GC.GetAllocatedBytesForCurrentThread() - before, count);
    }
}
