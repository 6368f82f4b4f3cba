using MemScope.Core.Model;
using MemScope.Storage.Blocks;

namespace MemScope.Storage.Stacks;

/// <summary>What packed traces and heap profiles have in common: the process, callchains, losses and modules. Frames and callchains are written once each.</summary>
internal static class PackedStacks
{
    /// <summary>Writes what is known of the process.</summary>
    public static void WriteProcess(PackedWriter writer, ProcessHint process)
    {
        writer.Count(process.Pid is null ? 0 : 1);
        writer.Signed(process.Pid ?? 0);
        writer.Text(process.Comm);
        writer.Text(process.CommandLine);
        writer.Count(process.StartTicks is null ? 0 : 1);
        writer.Number(process.StartTicks ?? 0);
    }

    /// <summary>Reads what is known of the process.</summary>
    public static ProcessHint ReadProcess(PackedReader reader)
    {
        var hasPid = reader.Count(1) == 1;
        var pid = unchecked((int)reader.Signed());
        var (comm, commandLine) = (reader.TextOrNull(), reader.TextOrNull());
        var hasTicks = reader.Count(1) == 1;
        var ticks = reader.Number();
        return new ProcessHint(hasPid ? pid : null, comm, commandLine, hasTicks ? ticks : null);
    }

    /// <summary>Writes frames and callchains.</summary>
    public static void WriteCallchains(PackedWriter writer, IReadOnlyList<Callchain> callchains)
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
            writer.Optional(frame.FunctionOffset);
            writer.Text(frame.File);
            writer.Optional(frame.Line is { } line ? unchecked((ulong)line) : null);
            writer.Text(frame.BuildId);
        }
        writer.Count(callchains.Count);
        foreach (var callchain in callchains)
        {
            writer.Count(callchain.Frames.Count);
            foreach (var frame in callchain.Frames) writer.Count(numbers[frame]);
        }
    }

    /// <summary>Reads frames and callchains.</summary>
    /// <param name="reader">Stands at them.</param>
    /// <param name="budget">Memory that they may take.</param>
    /// <param name="mostKind">Kinds of addresses beyond this one were not known yet when it was written.</param>
    public static Callchain[] ReadCallchains(PackedReader reader, MemoryBudget budget, FrameAddressKind mostKind = FrameAddressKind.LinkAddress)
    {
        var frames = new RawFrame[budget.Take(reader.CountOf(8), 150)];
        var address = 0UL;
        for (var i = 0; i < frames.Length; i++)
        {
            address = unchecked(address + (ulong)reader.Signed());
            var kind = reader.Count(((int)mostKind << 1) | 1);
            frames[i] = new RawFrame
            {
                Address = address,
                AddressKind = (FrameAddressKind)(kind >> 1),
                Inlined = (kind & 1) == 1,
                Module = reader.TextOrNull(),
                Function = reader.TextOrNull(),
                FunctionOffset = reader.Optional(),
                File = reader.TextOrNull(),
                Line = reader.Optional() is { } line ? unchecked((int)line) : null,
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

    /// <summary>Writes losses.</summary>
    public static void WriteLosses(PackedWriter writer, IReadOnlyList<TraceLoss> losses)
    {
        writer.Count(losses.Count);
        foreach (var loss in losses)
        {
            writer.Text(loss.Kind);
            writer.Signed(loss.Count);
            writer.Text(loss.Text);
        }
    }

    /// <summary>Reads losses.</summary>
    public static TraceLoss[] ReadLosses(PackedReader reader)
    {
        var losses = new TraceLoss[reader.CountOf(3)];
        for (var i = 0; i < losses.Length; i++) losses[i] = new TraceLoss(reader.Text(), reader.Signed(), reader.Text());
        return losses;
    }

    /// <summary>Writes modules.</summary>
    public static void WriteModules(PackedWriter writer, IReadOnlyList<MappedModule> modules)
    {
        writer.Count(modules.Count);
        foreach (var module in modules)
        {
            writer.Number(module.Range.Start);
            writer.Number(module.Range.End);
            writer.Number(module.FileOffset);
            writer.Text(module.Path);
            writer.Text(module.BuildId);
            writer.OptionalSigned(module.FromNs);
        }
    }

    /// <summary>Reads modules.</summary>
    /// <param name="reader">Stands at them.</param>
    /// <param name="budget">Memory that they may take.</param>
    /// <param name="haveTimes">Whether it was written with the times from which on they were mapped.</param>
    public static MappedModule[] ReadModules(PackedReader reader, MemoryBudget budget, bool haveTimes = true)
    {
        var modules = new MappedModule[budget.Take(reader.CountOf(haveTimes ? 6 : 5), 96)];
        for (var i = 0; i < modules.Length; i++)
        {
            modules[i] = new MappedModule(new AddressRange(reader.Number(), reader.Number()), reader.Number(), reader.Text(), reader.TextOrNull())
            {
                FromNs = haveTimes ? reader.OptionalSigned() : null,
            };
        }
        return modules;
    }

    /// <summary>Writes names of threads.</summary>
    public static void WriteThreadNames(PackedWriter writer, IReadOnlyDictionary<int, string> names)
    {
        writer.Count(names.Count);
        foreach (var (tid, name) in names.OrderBy(n => n.Key))
        {
            writer.Signed(tid);
            writer.Text(name);
        }
    }

    /// <summary>Reads names of threads.</summary>
    public static Dictionary<int, string> ReadThreadNames(PackedReader reader, MemoryBudget budget)
    {
        var count = budget.Take(reader.CountOf(2), 64);
        var names = new Dictionary<int, string>(count);
        for (var i = 0; i < count; i++) names[unchecked((int)reader.Signed())] = reader.Text();
        return names;
    }
}
