using System.Security.Cryptography;
using MemScope.Storage.Captures;
using MemScope.Storage.Live;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Web.Api;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>Takes symbol files in: looks whether they are what they claim to be, keeps them under their build id and tells open pages. What was refused once is refused again unread.</summary>
internal sealed class SymbolIntake(SymbolFileStore store, SymbolVerdictStore verdicts, SymbolCatalog catalog, SymbolFolder folder, LineSymbolizer lines, ChangeFeed feed, TimeProvider time) : IDisposable
{
    /// <summary>Files that are read at once: each may take seconds of a processor.</summary>
    private const int ReadsAtOnce = 2;

    private readonly SemaphoreSlim _reads = new(ReadsAtOnce, ReadsAtOnce);
    private readonly SymbolJudge _judge = new(lines);

    /// <inheritdoc/>
    public void Dispose() => _reads.Dispose();

    /// <summary>Stores an uploaded file.</summary>
    /// <param name="content">The file, at its beginning.</param>
    /// <param name="name">File name as sent, or empty.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="ProblemException">415 when it is no ELF file, 422 when it is cut, broken or has no build id.</exception>
    public Task<(SymbolsWire Symbols, bool Repeat)> StoreAsync(FileStream content, string name, CancellationToken cancel) => StoreAsync(content, name, SymbolOrigin.Upload, null, cancel);

    /// <summary>Stores a file.</summary>
    /// <param name="content">The file, at its beginning.</param>
    /// <param name="name">File name as sent, or empty.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="expected">The build id that it must have, or null for any.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="ProblemException">415 when it is no ELF file, 422 when it is cut, broken or has no build id.</exception>
    /// <exception cref="InvalidDataException">It has another build id than the expected one.</exception>
    public async Task<(SymbolsWire Symbols, bool Repeat)> StoreAsync(FileStream content, string name, SymbolOrigin origin, BuildId? expected, CancellationToken cancel)
    {
        var sha = await SHA256.HashDataAsync(content, cancel);
        if (await verdicts.FindAsync(sha, SymbolReader.Version, cancel) is { } verdict) throw new ProblemException(verdict.Status, verdict.Problem, verdict.Text);
        var (elf, functions) = await ReadAsync(content, sha, cancel);
        var id = elf.BuildId!.Value;
        if (expected is { } wanted && wanted != id) throw new InvalidDataException($"Its build id is {id.Hex}.");
        var upload = new SymbolFileUpload
        {
            BuildId = id.Hex,
            FileName = name.Length > 0 ? name : elf.DebugLink?.Name ?? "",
            Kind = elf.Kind.Slug(),
            Functions = functions,
            HasLines = elf.HasLines,
            Origin = origin,
            // Whether its lines are any good is found out below; until then it is believed.
            Judgement = new SymbolJudgement(elf.HasLines ? SymbolQuality.Unknown : SymbolJudge.OfTable(elf.Symbols), elf.HasLines ? 0 : SymbolReader.Version, null),
            Sha256 = sha,
            Content = content,
            ReceivedAt = time.GetUtcNow(),
        };
        content.Position = 0;
        var (row, repeat) = await store.StoreAsync(upload, cancel);
        if (row.Judgement.ReaderVersion != SymbolReader.Version) await JudgeAsync(row, elf, functions, cancel);
        catalog.Refresh();
        // A repeat may bring the name by which frames find it.
        if (!repeat || name.Length > 0) feed.PublishSymbols();
        return (new SymbolsWire(id.Hex, [.. (await store.FindAsync(Projects.Default, id.Hex, cancel)).Select(Wire)]), repeat);
    }

    /// <summary>Deletes a file; false when there is none.</summary>
    public async Task<bool> DeleteAsync(BuildId buildId, Guid file, CancellationToken cancel)
    {
        var rows = await store.FindAsync(Projects.Default, buildId.Hex, cancel);
        if (rows.FirstOrDefault(r => r.Id == file) is not { } row || !await store.DeleteAsync(Projects.Default, buildId.Hex, file, cancel)) return false;
        folder.Remove(row.Sha256);
        catalog.Refresh();
        feed.PublishSymbols();
        return true;
    }

    /// <summary>A stored file as the API shows it.</summary>
    public static SymbolFileWire Wire(SymbolFileRow f) => new(f.Id, f.FileName, f.Kind, f.Bytes, f.Functions, f.HasLines, f.ReceivedAt)
    {
        Quality = Slug(f.Judgement.Quality), Problem = f.Judgement.Problem, Origin = f.Origin is SymbolOrigin.Debuginfod ? "debuginfod" : "upload", Sha256 = f.Sha256,
    };

    private static string Slug(SymbolQuality quality) => quality switch
    {
        SymbolQuality.Lines => "lines",
        SymbolQuality.Functions => "functions",
        SymbolQuality.Mini => "mini",
        SymbolQuality.Exported => "exported",
        SymbolQuality.None => "none",
        _ => "unknown",
    };

    private async Task<(ElfFile Elf, int Functions)> ReadAsync(FileStream content, byte[] sha, CancellationToken cancel)
    {
        await _reads.WaitAsync(cancel);
        try
        {
            content.Position = 0;
            // Read here, while nobody else moves the file's position.
            return await Task.Run(() => Read(content) is var elf ? (elf, elf.Symbols.Count) : default, cancel);
        }
        catch (ProblemException problem)
        {
            await verdicts.KeepAsync(sha, SymbolReader.Version, new SymbolVerdict(problem.Status, problem.Code, problem.Message), cancel);
            throw;
        }
        finally
        {
            _reads.Release();
        }
    }

    private async Task JudgeAsync(SymbolFileRow row, ElfFile elf, int functions, CancellationToken cancel)
    {
        if (await folder.PutAsync(row.Sha256, token => store.OpenAsync(row.Id, token), cancel) is not { } path) return;
        await store.JudgeAsync(row.Id, await _judge.JudgeAsync(elf, path, cancel), functions, cancel);
    }

    private static ElfFile Read(Stream content)
    {
        if (ElfFile.TryRead(content, out var elf, out var problem))
        {
            if (elf.Kind is not (ElfKind.Executable or ElfKind.SharedObject or ElfKind.Debug))
                throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "elf-kind", $"This is a file of kind {elf.Kind.Slug()}; programs, libraries and their .debug files have symbols that stacks can use.");
            return elf.BuildId is not null ? elf
                : throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "no-build-id", "The file has no build id, by which stacks would find it. Link with -Wl,--build-id and upload it again.");
        }
        throw problem.Kind is ElfProblemKind.NotElf
            ? new ProblemException(StatusCodes.Status415UnsupportedMediaType, "not-elf", "The body is no ELF file. Captures go to /api/v1/captures.")
            : new ProblemException(StatusOf(problem.Kind), $"elf-{problem.Slug}", $"The ELF file cannot be used: {problem.Text}");
    }

    private static int StatusOf(ElfProblemKind kind) => kind switch
    {
        ElfProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ElfProblemKind.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
