using MemScope.Storage.Queries;
using MemScope.Web.Wire;

namespace MemScope.Web;

/// <summary>Which processes the list shows, and in which order; part of its address.</summary>
public sealed record FleetShown
{
    /// <summary>By the newest snapshot: the order of a list that names none.</summary>
    public const string Newest = "seen";

    /// <summary>Orders that a list can have; <see cref="Newest"/> is its own.</summary>
    public static IReadOnlyList<string> Sorts { get; } = [Newest, "growth", "rss", "name", "host", "verdict"];

    /// <summary>Text anywhere in host, pid, name, command line or labels, or null.</summary>
    public string? Search { get; init; }

    /// <summary>The only host, or null.</summary>
    public string? Host { get; init; }

    /// <summary>The only verdict: one of <see cref="AssessmentWire.Kinds"/>, or null.</summary>
    public string? Verdict { get; init; }

    /// <summary>One of <see cref="Sorts"/>, or null.</summary>
    public string? Sort { get; init; }

    /// <summary>Whether something is left out.</summary>
    public bool IsFiltered => !string.IsNullOrWhiteSpace(Search) || !string.IsNullOrEmpty(Host) || KnownVerdict is not null;

    /// <summary>The verdict when it is one that there is.</summary>
    public string? KnownVerdict => AssessmentWire.Kinds.Contains(Verdict, StringComparer.Ordinal) ? Verdict : null;

    /// <summary>The order when it is one that there is, else <see cref="Newest"/>.</summary>
    public string Order => Sorts.Contains(Sort, StringComparer.Ordinal) ? Sort! : Newest;

    /// <summary>What the database is asked for; verdicts and orders are applied to what it tells.</summary>
    public ProcessFilter ToFilter() => new() { Search = Search, Host = Host };
}
