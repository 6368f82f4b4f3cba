using System.Globalization;
using MemScope.Core.Analysis.Findings;
using MemScope.Core.Model;

namespace MemScope.Core.Analysis.Ledger;

/// <summary>What the lines of a ledger are called and what they rest on.</summary>
internal static class LedgerWords
{
    /// <summary>Label of a line.</summary>
    public static string Label(LedgerKey key, long bytes, IReadOnlyDictionary<Guid, EqualSteps> steps, IReadOnlyDictionary<LedgerKey, (int Blocks, long? Bytes)> blocks) => key.Part switch
    {
        LedgerPart.Kind => Kind(key.Category ?? Category.Anonymous),
        LedgerPart.Owner => Owner(key.Name),
        LedgerPart.Traced or LedgerPart.TracedMalloc or LedgerPart.TracedHeap => Traced(key) + Blocks(blocks.GetValueOrDefault(key)),
        LedgerPart.Inferred => $"{Steps(key.Region is { } id ? steps.GetValueOrDefault(id) : null, bytes)} like those of {Site(key)}, not traced",
        LedgerPart.Live => "Live blocks of the heap profile",
        LedgerPart.InUse => $"In use, by {key.Name}'s own count",
        LedgerPart.Free => $"Freed, kept by {key.Name}",
        LedgerPart.Decaying => $"Freed, {key.Name} gives it back after a while",
        LedgerPart.Metadata => $"{key.Name}'s own structures",
        LedgerPart.HeapRest => "Malloc heap beyond what is counted",
        _ => "Malloc heap, not profiled",
    };

    /// <summary>What a line rests on.</summary>
    public static LedgerSource Source(LedgerPart part) => part switch
    {
        LedgerPart.Traced or LedgerPart.TracedMalloc or LedgerPart.TracedHeap => LedgerSource.Trace,
        LedgerPart.Inferred => LedgerSource.Inferred,
        LedgerPart.Live => LedgerSource.HeapProfile,
        LedgerPart.InUse or LedgerPart.Free or LedgerPart.Decaying or LedgerPart.Metadata => LedgerSource.Allocator,
        _ => LedgerSource.Snapshot,
    };

    /// <summary><c>smaps #91</c>.</summary>
    public static string Snapshot(CaseFile file, int at) => string.Create(CultureInfo.InvariantCulture, $"{file.Track.Source.Text()} #{file.Track.Points[at].Number}");

    private static string Traced(LedgerKey key) => key switch
    {
        { Name: "", Module: "" } => key.Part == LedgerPart.TracedHeap ? "Malloc heap, grown in calls without a stack" : "Mapped in calls without a stack",
        { Part: LedgerPart.TracedHeap } => $"Malloc heap, grown for {Site(key)}",
        { Part: LedgerPart.TracedMalloc } => $"Large malloc blocks of {Site(key)}",
        _ => $"Mapped by {Site(key)}",
    };

    private static string Blocks((int Blocks, long? Bytes) of) => of is { Blocks: > 1, Bytes: { } bytes } ? string.Create(CultureInfo.InvariantCulture, $", {of.Blocks:N0} × {SizeWords.Size(bytes)}") : "";

    private static string Steps(EqualSteps? steps, long bytes) => steps is null ? "Steps" : string.Create(CultureInfo.InvariantCulture, $"{(bytes + steps.StepBytes - 1) / steps.StepBytes:N0} × {SizeWords.Size(steps.StepBytes)}");

    private static string Site(LedgerKey key) => key switch
    {
        { Name: "", Module: "" } => "unknown callers",
        { Name: "" } => key.Module,
        { Module: "" } => key.Name,
        _ => $"{key.Name} in {key.Module}",
    };

    private static string Kind(Category category) => category switch
    {
        Category.FileText => "Code",
        Category.FileData => "Library data and mapped files",
        Category.Shared => "Shared memory",
        Category.ThreadStack => "Thread stacks",
        Category.MainStack => "Main stack",
        Category.Jit => "JIT code",
        Category.Huge => "Huge pages",
        Category.Device => "Device mappings",
        Category.Special => "Kernel pages",
        Category.Reserved => "Pages in reserved addresses",
        _ => category.Slug(),
    };

    private static string Owner(string kind) => kind switch
    {
        "go heap" => "Go heap",
        "java heap" => "Java heap",
        "v8 heap" => "V8 heap",
        "ocaml heap" => "OCaml heap",
        "python arena" => "Python arenas",
        "allocator" => "Memory named by its allocator",
        "named by its owner" => "Anonymous memory named by its owner",
        _ => $"Memory of {kind}",
    };
}
