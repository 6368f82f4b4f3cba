using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web.Answers;

/// <summary>Answers about the figures that stand beside the snapshots of a process.</summary>
public sealed class FiguresAnswers(FiguresQuery figures)
{
    /// <summary>Figures of a process, newest first; of one kind, of one label or both where these are given.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one of this list.</exception>
    public async Task<Page<FiguresWire>> ListAsync(Guid process, string? kind, string? label, string? cursor, int limit, CancellationToken cancel)
    {
        var page = await figures.ListAsync(process, kind, label, cursor, limit, cancel);
        return new Page<FiguresWire>([.. page.Items.Select(f => f.ToWire())], page.Next);
    }

    /// <summary>The latest figures of each kind and label, <paramref name="most"/> of them.</summary>
    public async Task<IReadOnlyList<FiguresWire>> LatestAsync(Guid process, int most, CancellationToken cancel) => [.. (await figures.LatestAsync(process, most, cancel)).Select(f => f.ToWire())];
}
