using MemScope.Core.Model;
using MemScope.Storage.Blocks;

namespace MemScope.Storage.Traces;

/// <summary>
/// A whole trace as one compressed value, lossless: events as columns (each number as its difference to the event before), frames and callchains once each, strings interned.
/// </summary>
internal static class TraceCodec
{
    /// <summary>The version written. Kept beside each trace, and its first byte.</summary>
    public const byte Version = 1;

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
        WriteHint(writer, trace.Process);
        writer.Count(trace.Losses.Count);
        foreach (var loss in trace.Losses)
        {
            writer.Text(loss.Kind);
            writer.Signed(loss.Count);
            writer.Text(loss.Text);
        }
        WriteCallchains(writer, trace.Callchains);
        WriteEvents(writer, trace.Events);
        return writer.Finish(Version);
    }

    /// <summary>Reads a trace.</summary>
    /// <exception cref="InvalidDataException">The bytes are damaged or ask for more than the budget.</exception>
    public static Trace Decode(ReadOnlySpan<byte> packed, long budgetBytes = DefaultBudgetBytes)
    {
        var reader = PackedReader.Open(packed, Version, (int)Math.Min(budgetBytes, Array.MaxLength));
        var budget = new MemoryBudget(budgetBytes);
        var tool = reader.Text();
        var clock = (ClockDomain)reader.Count((int)ClockDomain.Monotonic);
        var process = ReadHint(reader);
        var losses = new TraceLoss[reader.CountOf(3)];
        for (var i = 0; i < losses.Length; i++) losses[i] = new TraceLoss(reader.Text(), reader.Signed(), reader.Text());
        var callchains = ReadCallchains(reader, budget);
        var events = ReadEvents(reader, callchains.Length, budget);
        reader.End();
        return new Trace(tool, clock, process, events, callchains, losses);
    }

    private static void WriteHint(PackedWriter writer, ProcessHint process)
    {
        writer.Count(process.Pid is null ? 0 : 1);
        writer.Signed(process.Pid ?? 0);
        writer.Text(process.Comm);
        writer.Text(process.CommandLine);
        writer.Count(process.StartTicks is null ? 0 : 1);
        writer.Number(process.StartTicks ?? 0);
    }

    private static ProcessHint ReadHint(PackedReader reader)
    {
        var hasPid = reader.Count(1) == 1;
        var pid = unchecked((int)reader.Signed());
        var (comm, commandLine) = (reader.TextOrNull(), reader.TextOrNull());
        var hasTicks = reader.Count(1) == 1;
        var ticks = reader.Number();
        return new ProcessHint(hasPid ? pid : null, comm, commandLine, hasTicks ? ticks : null);
    }

    private static void WriteCallchains(PackedWriter writer, IReadOnlyList<Callchain> callchains)
    {
        var numbers = new Dictionary<RawFrame, int>();
        var frames = new List<RawFrame>();
        foreach (var frame in callchains.SelectMany(c => c.Frames))
            if (numbers.TryAdd(frame, frames.Count)) frames.Add(frame);
        writer.Count(frames.Count);
        var address = 0UL;
        foreach (var frame in frames)
        {
            writer.Signed(unchecked((long)(frame.Address - address)));
            address = frame.Address;
            writer.Count(((int)frame.AddressKind << 1) | (frame.Inlined ? 1 : 0));
            writer.Text(frame.Module);
            writer.Text(frame.Function);
            WriteOptional(writer, frame.FunctionOffset);
            writer.Text(frame.File);
            WriteOptional(writer, frame.Line is { } line ? unchecked((ulong)line) : null);
            writer.Text(frame.BuildId);
        }
        writer.Count(callchains.Count);
        foreach (var callchain in callchains)
        {
            writer.Count(callchain.Frames.Count);
            foreach (var frame in callchain.Frames) writer.Count(numbers[frame]);
        }
    }

    private static Callchain[] ReadCallchains(PackedReader reader, MemoryBudget budget)
    {
        var frames = new RawFrame[budget.Take(reader.CountOf(8), 150)];
        var address = 0UL;
        for (var i = 0; i < frames.Length; i++)
        {
            address = unchecked(address + (ulong)reader.Signed());
            var kind = reader.Count(((int)FrameAddressKind.InModule << 1) | 1);
            frames[i] = new RawFrame
            {
                Address = address,
                AddressKind = (FrameAddressKind)(kind >> 1),
                Inlined = (kind & 1) == 1,
                Module = reader.TextOrNull(),
                Function = reader.TextOrNull(),
                FunctionOffset = ReadOptional(reader),
                File = reader.TextOrNull(),
                Line = ReadOptional(reader) is { } line ? unchecked((int)line) : null,
                BuildId = reader.TextOrNull(),
            };
        }
        var callchains = new Callchain[budget.Take(reader.CountOf(1), 64)];
        for (var i = 0; i < callchains.Length; i++)
        {
            var chain = new RawFrame[budget.Take(reader.CountOf(1), 8)];
            for (var f = 0; f < chain.Length; f++) chain[f] = frames.Length > 0 ? frames[reader.Count(frames.Length - 1)] : throw new InvalidDataException("no such frame");
            callchains[i] = new Callchain(chain);
        }
        return callchains;
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

    private static void WriteOptional(PackedWriter writer, ulong? value)
    {
        writer.Count(value is null ? 0 : 1);
        if (value is { } number) writer.Number(number);
    }

    private static ulong? ReadOptional(PackedReader reader) => reader.Count(1) == 1 ? reader.Number() : null;
}
