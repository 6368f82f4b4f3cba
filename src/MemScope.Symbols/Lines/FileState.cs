using MemScope.Symbols.Children;
using MemScope.Symbols.Elf;

namespace MemScope.Symbols.Lines;

/// <summary>What is remembered of a file whose lines are asked for: where its code is, which program reads it, or why it is not asked about.</summary>
internal sealed class FileState
{
    private readonly ElfSegment[] _code;
    private readonly string? _packedAs;

    private FileState(ElfSegment[] code, string? packedAs, Symbolization? problem, (long Bytes, DateTime Changed) stamp) =>
        (_code, _packedAs, Problem, Stamp) = (code, packedAs, problem, stamp);

    /// <summary>Size and time of change: another file in its place is another one.</summary>
    public (long Bytes, DateTime Changed) Stamp { get; }

    /// <summary>Why it is not asked about, or null.</summary>
    public Symbolization? Problem { get; private set; }

    /// <summary>Whether a child has answered about it.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Index of the program that reads it.</summary>
    public int Tool { get; set; }

    /// <summary>Whether a link address lies in its code.</summary>
    public bool IsCode(ulong linkAddress) => Array.Exists(_code, s => s.ContainsLinkAddress(linkAddress));

    /// <summary>After a fault: the file brings the program down and would do it again.</summary>
    public void PutAside(string program, ChildFault fault)
    {
        var how = fault switch
        {
            ChildFault.TimedOut => "did not answer in time",
            ChildFault.TooLong => "gave an answer without end",
            _ => "came down",
        };
        Problem = Symbolization.Of(SymbolMiss.Malformed, $"{program} {how} at this file: it is not asked about it again.");
    }

    /// <summary>After answers: it is proven, unless none knew a line of a file whose lines are packed in a way that not every build of the programs unpacks.</summary>
    public void Answered(IReadOnlyList<Symbolization> answers)
    {
        if (!IsProven && _packedAs is not null && answers.All(a => a.Frames.All(f => f.Line is null)))
        {
            Problem = Symbolization.Of(
                SymbolMiss.Unsupported, $"Its debug information is packed with {_packedAs}, which the tools here do not unpack: run objcopy --decompress-debug-sections on it and upload it again.");
            return;
        }
        IsProven = true;
    }

    /// <summary>Size and time of change of a file; default when it is missing.</summary>
    public static (long Bytes, DateTime Changed) StampOf(string path)
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.Length, file.LastWriteTimeUtc) : default;
    }

    /// <summary>Reads a file's headers.</summary>
    public static FileState Read(string path)
    {
        var stamp = StampOf(path);
        try
        {
            using var stream = File.OpenRead(path);
            return ElfFile.TryRead(stream, out var elf, out var problem)
                ? new FileState([.. elf.LoadSegments.Where(s => s.IsExecutable)], elf.RarelyPackedLines, null, stamp)
                : new FileState([], null, Symbolization.Of(problem.Miss, problem.Text), stamp);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FileState([], null, Symbolization.Of(SymbolMiss.NoSymbols, "The symbol file cannot be opened."), stamp);
        }
    }
}
