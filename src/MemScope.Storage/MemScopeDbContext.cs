using Microsoft.EntityFrameworkCore;

namespace MemScope.Storage;

/// <summary>The tables. Made per operation by its factory, never kept.</summary>
public sealed class MemScopeDbContext(DbContextOptions<MemScopeDbContext> options) : DbContext(options);
