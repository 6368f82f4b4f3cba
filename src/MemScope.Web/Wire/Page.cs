namespace MemScope.Web.Wire;

/// <summary>A page of a list: fetch the next one with <c>?cursor=</c><see cref="Next"/>.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
