using MemScope.Core.Model;
using MemScope.Storage.Blocks;
using MemScope.Storage.Stacks;

namespace MemScope.Storage.Traces;

/// <summary>
/// A whole trace as one compressed value, lossless: events as columns (each number as its difference to the event before), frames and callchains once each, strings interned.
/// </summary>
internal static class TraceCodec
{
    /// <summary>The version written. Kept beside each trace, and its first byte.</summary>
    public const byte Version = 3;

    /// <summary>The version before traces kept modules. It is still read.</summary>
    private const byte WithoutModules = 1;

    /// <summary>The version before frames were placed at ingest, mappings had times, and names of threads and the tracer's begin mark were kept. It is still read.</summary>
    private const byte Unplaced = 2;

    /// <summary>Memory that a trace may take when it is read: 2 GiB.</summary>
    public const long DefaultBudgetBytes = int.MaxValue;

    private const int EventColumns = 15;
    private const int EventBytes = 104; // sizeof(TraceEvent), rounded up

    /// <summary>Writes a trace.</summary>
    public static byte[] Encode(Trace trace)
    {
        var writer = new PackedWriter();
        writer.Text(trace.Tool);
        writer.Count((int)trace.Clock);
        PackedStacks.WriteProcess(writer, trace.Process);
        PackedStacks.WriteLosses(writer, trace.Losses);
        PackedStacks.WriteCallchains(writer, trace.Callchains);
        WriteEvents(writer, trace.Events);
        PackedStacks.WriteModules(writer, trace.Modules);
        PackedStacks.WriteThreadNames(writer, trace.ThreadNames);
        writer.OptionalSigned(trace.BeganNs);
        return writer.Finish(Version);
    }

    /// <summary>Reads a trace.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static Trace Decode(ReadOnlySpan<byte> packed, long budgetBytes = DefaultBudgetBytes)
    {
        var version = packed is [WithoutModules or Unplaced, ..] ? packed[0] : Version;
        var reader = PackedReader.Open(packed, version, (int)Math.Min(budgetBytes, Array.MaxLength));
        var budget = new MemoryBudget(budgetBytes);
        var tool = reader.Text();
        var clock = (ClockDomain)reader.Count((int)ClockDomain.AllocatedBytes);
        var process = PackedStacks.ReadProcess(reader);
        var losses = PackedStacks.ReadLosses(reader);
        var callchains = PackedStacks.ReadCallchains(reader, budget, version < Version ? FrameAddressKind.InModule : FrameAddressKind.LinkAddress);
        var events = ReadEvents(reader, callchains.Length, budget);
        var modules = version == WithoutModules ? [] : PackedStacks.ReadModules(reader, budget, haveTimes: version == Version);
        var threads = version == Version ? PackedStacks.ReadThreadNames(reader, budget) : [];
        long? began = version == Version ? reader.OptionalSigned() : null;
        reader.End();
        return new Trace(tool, clock, process, events, callchains, losses) { Modules = modules, ThreadNames = threads, BeganNs = began };
    }

    private static void WriteEvents(PackedWriter writer, IReadOnlyList<TraceEvent> events)
    {
        writer.Count(events.Count);
        for (var column = 0; column < EventColumns; column++)
        {
            var before = 0UL;
            foreach (var call in events)
            {
                var value = Column(call, column);
                writer.Signed(unchecked((long)(value - before)));
                before = value;
            }
        }
    }

    private static TraceEvent[] ReadEvents(PackedReader reader, int callchains, MemoryBudget budget)
    {
        var events = new TraceEvent[budget.Take(reader.CountOf(EventColumns), EventBytes)];
        for (var column = 0; column < EventColumns; column++)
        {
            var value = 0UL;
            for (var i = 0; i < events.Length; i++)
            {
                value = unchecked(value + (ulong)reader.Signed());
                events[i] = With(events[i], column, value);
            }
        }
        foreach (var call in events)
            if (call.Callchain < -1 || call.Callchain >= callchains || call.Call > MemoryCall.Other) throw new InvalidDataException("event refers to nothing");
        return events;
    }

    private static ulong Column(in TraceEvent e, int column) => unchecked(column switch
    {
        0 => (ulong)e.TimeNs,
        1 => (ulong)e.Call,
        2 => e.HasResult ? 1UL : 0,
        3 => e.Failed ? 1UL : 0,
        4 => (ulong)e.Pid,
        5 => (ulong)e.Tid,
        6 => e.Address,
        7 => e.Length,
        8 => e.OldLength,
        9 => e.Protection,
        10 => e.Flags,
        11 => e.Result,
        12 => (ulong)e.Callchain,
        13 => (ulong)e.Line,
        _ => (ulong)e.ResumedLine,
    });

    private static TraceEvent With(in TraceEvent e, int column, ulong value) => unchecked(column switch
    {
        0 => e with { TimeNs = (long)value },
        1 => e with { Call = value <= (ulong)MemoryCall.Other ? (MemoryCall)value : throw new InvalidDataException("no such call") },
        2 => e with { HasResult = value == 1 },
        3 => e with { Failed = value == 1 },
        4 => e with { Pid = (int)value },
        5 => e with { Tid = (int)value },
        6 => e with { Address = value },
        7 => e with { Length = value },
        8 => e with { OldLength = value },
        9 => e with { Protection = value },
        10 => e with { Flags = value },
        11 => e with { Result = value },
        12 => e with { Callchain = (int)value },
        13 => e with { Line = (int)value },
        _ => e with { ResumedLine = (int)value },
    });
}
